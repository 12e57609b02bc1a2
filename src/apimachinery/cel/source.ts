/**
 * An expression's text and the complaints about it, shown as cel-go shows them:
 * line, column, the line itself and a mark under the place.
 */
export interface CelIssue {
  /** Where in the text, in UTF-16 units; undefined: nowhere. */
  readonly pos: number | undefined;
  readonly message: string;
}

/** An expression that cannot be compiled. The message shows every complaint. */
export class CelCompileError extends Error {
  readonly issues: readonly CelIssue[];
  constructor(text: string, issues: readonly CelIssue[]) {
    super(showIssues(text, issues));
    this.issues = issues;
  }
}

const ISSUES_MAX = 100;
const SNIPPET_MAX = 16_384;

export function showIssues(text: string, issues: readonly CelIssue[]): string {
  const located = issues.map((issue) => ({ ...locate(text, issue.pos), message: issue.message }));
  located.sort((one, other) => one.line - other.line || one.column - other.column);
  const shown = located
    .slice(0, ISSUES_MAX)
    .map(({ line, column, message }) => `ERROR: <input>:${line}:${column + 1}: ${message}${snippet(text, line, column)}`);
  const rest = located.length - ISSUES_MAX;
  return [...shown, ...(rest > 0 ? [`${rest} more errors were truncated`] : [])].join('\n');
}

/** Lines count from one, columns from zero, in code points. */
function locate(text: string, pos: number | undefined): { line: number; column: number } {
  if (pos === undefined) return { line: -1, column: -1 };
  const before = text.slice(0, pos);
  const start = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: [...before.slice(start)].length };
}

function snippet(text: string, line: number, column: number): string {
  const found = text.split('\n')[line - 1];
  if (found === undefined || found.length > SNIPPET_MAX) return '';
  const shown = found.replaceAll('\t', ' ');
  const points = [...shown];
  const wide = (at: number): boolean => (points[at] ?? ' ').codePointAt(0)! > 0x7f;
  const dots = Array.from({ length: Math.min(column, points.length) }, (_, at) => (wide(at) ? '．' : '.')).join('');
  return `\n | ${shown}\n | ${dots}${wide(column) ? '＾' : '^'}`;
}
