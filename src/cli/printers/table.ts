/**
 * Tables of plain columns, letter for letter as kubectl prints the server's
 * Table: Go's text/tabwriter with a minimum width of 6 and three spaces
 * between, the last cell unpadded.
 */
export interface ServerTable {
  columnDefinitions: readonly { name: string; type?: string; format?: string; priority?: number }[];
  rows: readonly { cells: readonly unknown[]; object?: any }[];
}

export interface TableOptions {
  wide?: boolean;
  noHeaders?: boolean;
  /** NAMESPACE first. */
  withNamespace?: boolean;
  /** "pod" or "deployment.apps": put before each name. */
  kindPrefix?: string;
  showLabels?: boolean;
  /** Label keys as columns of their own (-L). */
  labelColumns?: readonly string[];
  /** Put first as EVENT: ADDED, MODIFIED, DELETED. */
  event?: string;
}

const MIN_WIDTH = 6;
const PADDING = 3;
/** MODIFIED is the longest, and rows come one by one. */
const EVENT_WIDTH = 8;

/** Prints tables one after another; columns keep the width they have had, so that rows of a watch stand under their headings. */
export class TablePrinter {
  #widths: number[] = [];
  #columns: ServerTable['columnDefinitions'] = [];
  #headed = false;

  /** The text of the table's rows, with headings where they were not printed before or the columns changed. */
  print(table: ServerTable, options: TableOptions): string {
    const fresh = table.columnDefinitions !== undefined && table.columnDefinitions.length > 0;
    const changed = fresh && !sameColumns(table.columnDefinitions, this.#columns);
    if (fresh) this.#columns = table.columnDefinitions;
    const lines: string[][] = [];
    if (!options.noHeaders && (!this.#headed || changed)) lines.push(headings(this.#columns, options));
    if (changed) this.#widths = [];
    this.#headed = true;
    for (const row of table.rows ?? []) lines.push(cellsOf(row, this.#columns, options));
    return this.align(lines);
  }

  /** Lines of cells as text. */
  align(lines: readonly (readonly string[])[]): string {
    for (const line of lines) {
      for (let at = 0; at < line.length - 1; at++) this.#widths[at] = Math.max(this.#widths[at] ?? MIN_WIDTH, width(line[at]!) + PADDING);
    }
    return lines.map((line) => `${line.map((cell, at) => (at === line.length - 1 ? cell : cell + ' '.repeat((this.#widths[at] ?? 0) - width(cell)))).join('')}\n`).join('');
  }
}

// Go's tabwriter counts runes; so do we.
const width = (text: string): number => (/^[\x20-\x7e]*$/.test(text) ? text.length : [...text].length);

const sameColumns = (a: ServerTable['columnDefinitions'], b: ServerTable['columnDefinitions']): boolean => a.length === b.length && a.every(({ name }, at) => name === b[at]!.name);

function headings(columns: ServerTable['columnDefinitions'], options: TableOptions): string[] {
  return [
    ...(options.event === undefined ? [] : ['EVENT'.padEnd(EVENT_WIDTH)]),
    ...(options.withNamespace ? ['NAMESPACE'] : []),
    ...columns.filter(({ priority }) => options.wide || (priority ?? 0) === 0).map(({ name }) => name.toUpperCase()),
    ...(options.labelColumns ?? []).map((key) => key.slice(key.lastIndexOf('/') + 1).toUpperCase()),
    ...(options.showLabels ? ['LABELS'] : []),
  ];
}

function cellsOf(row: ServerTable['rows'][number], columns: ServerTable['columnDefinitions'], options: TableOptions): string[] {
  const { namespace, labels } = (row.object?.metadata ?? {}) as { namespace?: string; labels?: Record<string, string> };
  const cells = row.cells.filter((_, at) => options.wide || (columns[at]?.priority ?? 0) === 0).map(cellText);
  if (options.kindPrefix !== undefined) cells[0] = `${options.kindPrefix}/${cells[0]}`;
  return [
    ...(options.event === undefined ? [] : [options.event.padEnd(EVENT_WIDTH)]),
    ...(options.withNamespace ? [namespace ?? ''] : []),
    ...cells,
    ...(options.labelColumns ?? []).map((key) => labels?.[key] ?? ''),
    ...(options.showLabels ? [labelText(labels)] : []),
  ];
}

function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell !== 'string') return String(cell);
  const line = cell.search(/[\f\n\r]/);
  return line < 0 ? cell.replaceAll('\x1b', '^[') : `${cell.slice(0, line)}...`;
}

/** "a=1,b=2", keys sorted; "<none>" for none. */
export function labelText(labels: Readonly<Record<string, string>> | undefined): string {
  const keys = Object.keys(labels ?? {}).sort();
  return keys.length === 0 ? '<none>' : keys.map((key) => `${key}=${labels![key]}`).join(',');
}
