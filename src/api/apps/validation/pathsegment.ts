/**
 * Whether a text may stand as one segment of a URL path, in the words of
 * k8s.io/apimachinery/pkg/api/validation/path.
 */
export function pathSegmentName(name: string): readonly string[] {
  const whole = ['.', '..'].filter((refused) => name === refused).map((refused) => `may not be '${refused}'`);
  return whole.length > 0 ? whole : pathSegmentPrefix(name);
}

/** For the start of a name that is to be completed: it may be a dot. */
export function pathSegmentPrefix(name: string): readonly string[] {
  return ['/', '%'].filter((refused) => name.includes(refused)).map((refused) => `may not contain '${refused}'`);
}

/** As a kind's `validateName`. */
export const validatePathSegmentName = (name: string, { prefix }: { prefix: boolean }): readonly string[] =>
  prefix ? pathSegmentPrefix(name) : pathSegmentName(name);
