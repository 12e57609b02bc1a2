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

type Columns = ServerTable['columnDefinitions'];

const MIN_WIDTH = 6;
const PADDING = 3;
/** MODIFIED is the longest, and rows come one by one. */
const EVENT_WIDTH = 8;

/** Prints tables one after another; columns keep the width they have had, so that rows of a watch stand under their headings. */
export class TablePrinter {
  #widths: number[] = [];
  #columns: Columns = [];
  #headed = false;

  /** The text of the table's rows, with headings where they were not printed before or the columns changed. */
  print(table: ServerTable, options: TableOptions): string {
    const given = table.columnDefinitions ?? [];
    const rows = table.rows ?? [];
    if (given.length > 0 && !sameColumns(given, this.#columns)) {
      this.#columns = given;
      this.#headed = false;
    }
    if (rows.length === 0) return '';
    const columns = decorated(this.#columns, options);
    const shown = columns.map(({ priority }) => options.wide || (priority ?? 0) === 0);
    const lines: string[][] = [];
    if (!options.noHeaders && !this.#headed) lines.push(columns.filter((_, at) => shown[at]).map(({ name }) => name.toUpperCase()));
    this.#headed = true;
    // As kubectl does: cells beyond the columns are left out, and move what is added behind them.
    for (const row of rows)
      lines.push(
        cellsOf(row, this.#columns, options)
          .filter((_, at) => at < shown.length && shown[at])
          .map(cellText),
      );
    return this.align(lines);
  }

  /** Lines of cells as text. */
  align(lines: readonly (readonly string[])[]): string {
    for (const line of lines) {
      for (let at = 0; at < line.length - 1; at++) this.#widths[at] = Math.max(this.#widths[at] ?? MIN_WIDTH, width(line[at]!) + PADDING);
    }
    return lines
      .map((line) => `${line.map((cell, at) => (at === line.length - 1 ? cell : cell + ' '.repeat((this.#widths[at] ?? 0) - width(cell)))).join('')}\n`)
      .join('');
  }
}

// Go's tabwriter counts runes; so do we.
const width = (text: string): number => (/^[\x20-\x7e]*$/.test(text) ? text.length : [...text].length);

const sameColumns = (a: Columns, b: Columns): boolean =>
  a.length === b.length &&
  a.every(({ name, type, format, priority }, at) => name === b[at]!.name && type === b[at]!.type && format === b[at]!.format && priority === b[at]!.priority);

function decorated(columns: Columns, { event, withNamespace, labelColumns = [], showLabels }: TableOptions): Columns {
  return [
    ...(event === undefined ? [] : [{ name: 'Event' }]),
    ...(withNamespace ? [{ name: 'Namespace' }] : []),
    ...columns,
    ...labelColumns.map((key) => ({ name: key.slice(key.lastIndexOf('/') + 1) })),
    ...(showLabels ? [{ name: 'Labels' }] : []),
  ];
}

function cellsOf(row: ServerTable['rows'][number], columns: Columns, options: TableOptions): unknown[] {
  const { namespace, labels } = (row.object?.metadata ?? {}) as { namespace?: string; labels?: Record<string, string> };
  const cells = [...row.cells];
  const name = options.kindPrefix === undefined ? -1 : columns.findIndex(({ type, format }) => type === 'string' && format === 'name');
  if (name >= 0) cells[name] = `${options.kindPrefix}/${plain(cells[name])}`;
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
  if (typeof cell !== 'string') return plain(cell);
  const line = cell.search(/[\f\n\r]/);
  return line < 0 ? escaped(cell) : `${escaped(cell.slice(0, line))}...`;
}

const escaped = (text: string): string => (text.includes('\x1b') ? text.replaceAll('\x1b', '^[') : text);

/** As Go's %v; numbers of a table are seldom so large that it differs. */
const plain = (value: unknown): string =>
  typeof value === 'number' && Math.abs(value) >= 1e21
    ? value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2')
    : Array.isArray(value)
      ? `[${value.map(plain).join(' ')}]`
      : String(value);

/** "a=1,b=2", keys sorted; "<none>" for none. */
export function labelText(labels: Readonly<Record<string, string>> | undefined): string {
  const keys = Object.keys(labels ?? {}).sort();
  return keys.length === 0 ? '<none>' : keys.map((key) => `${key}=${labels![key]}`).join(',');
}
