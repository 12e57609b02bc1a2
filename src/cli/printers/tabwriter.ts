/**
 * Go's text/tabwriter without padding characters of its own: cells end in tabs,
 * a column is as wide as its widest cell in neighbouring lines, the last cell
 * of a line belongs to no column.
 */
export interface TabOptions {
  minWidth: number;
  padding: number;
  /** How wide each column has been, here and in what was aligned before: it never grows narrower. Changed by the call. */
  remembered?: number[];
}

/** The same lines with their tabs turned into spaces. */
export function alignTabs(text: string, options: TabOptions): string {
  const lines = text.split('\n').map((line) => line.split('\t'));
  const out: string[] = [];
  const widths: number[] = [];
  format(0, lines.length);
  return out.join('\n');

  function format(start: number, end: number): void {
    const column = widths.length;
    let done = start;
    for (let at = start; at < end; at++) {
      if (column >= lines[at]!.length - 1) continue;
      write(done, at);
      done = at;
      let width = options.minWidth;
      while (at < end && column < lines[at]!.length - 1) width = Math.max(width, length(lines[at++]![column]!) + options.padding);
      if (options.remembered !== undefined) options.remembered[column] = width = Math.max(width, options.remembered[column] ?? 0);
      widths.push(width);
      format(done, at);
      widths.pop();
      done = at;
    }
    write(done, end);
  }

  function write(start: number, end: number): void {
    for (let at = start; at < end; at++) {
      const cells = lines[at]!;
      out.push(
        cells
          .map((cell, column) => (column < widths.length && column < cells.length - 1 ? cell + ' '.repeat(Math.max(0, widths[column]! - length(cell))) : cell))
          .join(''),
      );
    }
  }
}

// Go counts runes.
const length = (text: string): number => (/^[\x20-\x7e]*$/.test(text) ? text.length : [...text].length);
