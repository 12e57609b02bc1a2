/**
 * Columns that most Tables share, and the words kube-apiserver's printers use
 * in cells. Everything here is pure; "now" is handed in.
 */
import type { KubeObject } from '../apimachinery/object.js';
import { humanDuration } from '../apimachinery/time.js';
import type { Column } from './kind.js';

const NAME_DESCRIPTION = 'The name, of its own among its kind and within its namespace.';
const AGE_DESCRIPTION = 'The time since it was made.';

export const nameColumn: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: NAME_DESCRIPTION,
  cell: (object: KubeObject) => object.metadata.name ?? '',
};
export const ageColumn: Column = {
  name: 'Age',
  type: 'string',
  description: AGE_DESCRIPTION,
  cell: (object: KubeObject, now) => ageOf(object.metadata.creationTimestamp, now),
};

/** Kinds without printers of their own: name and the time of creation, as it is written. */
export const defaultColumns: readonly Column[] = [
  nameColumn,
  { name: 'Created At', type: 'date', description: AGE_DESCRIPTION, cell: (object: KubeObject) => object.metadata.creationTimestamp ?? null },
];

type Cell<T> = Column<T>['cell'];
/** A column of text; `wide` ones are shown by `-o wide` alone. */
export function column<T = any>(name: string, cell: Cell<T>, description = ''): Column<T> {
  return { name, type: 'string', description, cell };
}
export function wideColumn<T = any>(name: string, cell: Cell<T>, description = ''): Column<T> {
  return { name, type: 'string', description, priority: 1, cell };
}
export function numberColumn<T = any>(name: string, cell: Cell<T>, description = ''): Column<T> {
  return { name, type: 'integer', description, cell };
}

/** How long ago a timestamp was, in kubectl's words: "<unknown>" for none. */
export function ageOf(timestamp: string | null | undefined, now: number): string {
  return timestamp ? humanDuration(now - Date.parse(timestamp)) : '<unknown>';
}

/** A map as "a=1,b=2" in the order of its keys; "<none>" when there is nothing. */
export function formatMap(map: Readonly<Record<string, string>> | undefined | null): string {
  const text = Object.keys(map ?? {})
    .sort()
    .map((key) => `${key}=${map![key]}`)
    .join(',');
  return text === '' ? '<none>' : text;
}

/** At most `max` texts joined by commas, then how many more there are. */
export function joinSome(texts: readonly string[], max: number): string {
  return texts.length > max ? `${texts.slice(0, max).join(',')} + ${texts.length - max} more...` : texts.join(',');
}

interface Template {
  spec?: { containers?: readonly { name: string; image?: string }[] };
}
/** Names of a pod template's containers, for the wide columns of workloads. */
export const containerNames = (template: Template | undefined): string => (template?.spec?.containers ?? []).map(({ name }) => name).join(',');
export const containerImages = (template: Template | undefined): string => (template?.spec?.containers ?? []).map(({ image }) => image ?? '').join(',');
