/**
 * -o custom-columns: headings and one JSONPath a column, in kubectl's table.
 * Headings stand once, also over nothing; results of one column are joined by
 * commas, and `<none>` stands for none.
 */
import { goValue } from '../../apimachinery/gojson.js';
import { CliError } from '../command.js';
import { JsonPath, JsonPathError, relaxedJsonPath } from './jsonpath.js';
import { alignTabs } from './tabwriter.js';

interface Column {
  header: string;
  path: string;
}

/** "NAME:.metadata.name,IMAGES:.spec.containers[*].image". Throws CliError. */
export function columnsFromSpec(spec: string): Column[] {
  return spec.split(',').map((part) => {
    const colon = part.indexOf(':');
    if (colon < 0) throw new CliError(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`);
    return { header: part.slice(0, colon), path: relaxedJsonPath(part.slice(colon + 1)) };
  });
}

const EXPECTED = 'Expected format is one line of space separated headers, one line of space separated column specs.';

/** A file of two lines: headings, then paths. Throws CliError. */
export function columnsFromFile(text: string): Column[] {
  const [headers, specs] = text.split(/\r?\n/);
  if (text === '' || headers === undefined) throw new CliError(`invalid template, missing header line. ${EXPECTED}`);
  if (specs === undefined || (specs === '' && !/\n.*\n/.test(text))) throw new CliError(`invalid template, missing spec line. ${EXPECTED}`);
  const [names, paths] = [words(headers), words(specs)];
  if (names.length !== paths.length) throw new CliError(`number of headers (${names.length}) and field specifications (${paths.length}) don't match`);
  return names.map((header, at) => ({ header, path: relaxedJsonPath(paths[at]!) }));
}

const words = (line: string): string[] => line.split(/\s+/).filter((word) => word !== '');

export function customColumnsPrinter(columns: readonly Column[], options: { noHeaders: boolean }): (object: any) => string {
  const remembered: number[] = [];
  const text = (lines: readonly string[][]): string => alignTabs(lines.map((line) => `${line.join('\t')}\n`).join(''), { minWidth: 6, padding: 3, remembered });
  let isHeaded = options.noHeaders;
  return (object) => {
    const headings = isHeaded ? [] : [columns.map(({ header }) => header)];
    isHeaded = true;
    const lines: string[][] = [];
    try {
      const paths = columns.map(({ path }) => new JsonPath(path, { allowMissingKeys: true }));
      for (const item of Array.isArray(object.items) ? object.items : [object]) lines.push(paths.map((path) => cell(path, item)));
    } catch (error) {
      if (!(error instanceof JsonPathError)) throw error;
      throw new CliError(error.message, 1, { printed: text([...headings, ...lines]) });
    }
    return text([...headings, ...lines]);
  };
}

function cell(path: JsonPath, item: unknown): string {
  const found = path.find(item);
  if ((found[0] ?? []).length === 0) return '<none>';
  return found.flatMap((results) => results.map((value) => goValue(value).replaceAll('\x1b', '^['))).join(',');
}
