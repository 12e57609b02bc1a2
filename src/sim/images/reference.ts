/** Image names as registries read them: "nginx" is docker.io/library/nginx:latest. */
export interface Reference {
  domain: string;
  /** "library/nginx". */
  repository: string;
  tag: string;
  /** "sha256:…" or ''. */
  digest: string;
}

const PART = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const GRAMMAR = new RegExp(
  `^(?:([a-zA-Z0-9](?:[a-zA-Z0-9-.]*[a-zA-Z0-9])?(?::[0-9]+)?)/)?(${PART}(?:/${PART})*)(?::([\\w][\\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$`,
);

/** undefined: no valid reference. */
export function parseReference(text: string): Reference | undefined {
  const slash = text.indexOf('/');
  const first = slash < 0 ? '' : text.slice(0, slash);
  const hasDomain = first.includes('.') || first.includes(':') || first === 'localhost';
  const found = GRAMMAR.exec(hasDomain ? text : `docker.io/${text}`);
  if (found === null) return undefined;
  const domain = found[1] === 'index.docker.io' ? 'docker.io' : found[1]!;
  const repository = domain === 'docker.io' && !found[2]!.includes('/') ? `library/${found[2]}` : found[2]!;
  const digest = found[4] ?? '';
  return { domain, repository, tag: found[3] ?? (digest === '' ? 'latest' : ''), digest };
}

export const nameOf = ({ domain, repository }: Reference): string => `${domain}/${repository}`;
export const textOf = (reference: Reference): string => `${nameOf(reference)}${reference.digest === '' ? `:${reference.tag}` : `@${reference.digest}`}`;
