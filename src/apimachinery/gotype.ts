/**
 * Go types as text. Fields name their type as reflection does, with the package's
 * folder and the kind behind a named string ("[]core/v1.X", "v1.Protocol=string");
 * messages show it shorter ("[]v1.X", "v1.Protocol").
 */

/** As messages show a type. */
export function shortGoType(goType: string): string {
  let short = shortened.get(goType);
  if (short === undefined) {
    short = shorten(goType);
    shortened.set(goType, short);
  }
  return short;
}
const shortened = new Map<string, string>();

function shorten(goType: string): string {
  const named = NAMED[goType];
  if (named !== undefined) return named;
  if (goType.startsWith('*')) return `*${shorten(goType.slice(1))}`;
  if (goType.startsWith('[]')) return `[]${shorten(goType.slice(2))}`;
  if (goType.startsWith('map[')) {
    const close = goType.indexOf(']');
    const value = goType.slice(close + 1);
    return `map[${shorten(goType.slice(4, close))}]${value === '[]string' ? 'v1.ExtraValue' : shorten(value)}`;
  }
  const name = goType.split('=')[0] as string;
  return name.slice(name.lastIndexOf('/') + 1);
}

/** Named maps that the struct definitions spell out. */
const NAMED: Readonly<Record<string, string>> = { 'map[v1.ResourceName=string]resource.Quantity': 'v1.ResourceList' };

/** The type behind a pointer. */
export const withoutPointer = (goType: string): string => (goType.startsWith('*') ? goType.slice(1) : goType);

/** The type of what a list or a map holds; '' where the text does not tell. */
export function elementGoType(goType: string): string {
  const type = withoutPointer(goType);
  if (type.startsWith('[]')) return type.slice(2);
  if (!type.startsWith('map[')) return '';
  const value = type.slice(type.indexOf(']') + 1);
  return value === '[]string' ? 'v1.ExtraValue=[]string' : value;
}

/** The type of the elements of a named list: "v1.ExtraValue=[]string" holds strings. */
export function underlying(goType: string): string {
  const equals = goType.indexOf('=[');
  return equals < 0 ? goType : goType.slice(equals + 1);
}
