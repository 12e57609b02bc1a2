/** Any other kind, and custom ones: the object itself, field by field, with readable titles. */
import { goValue } from '../../apimachinery/gojson.js';
import type { Describer } from './scene.js';
import { sortedKeys, type Writer } from './writer.js';

/** Shown above already, or never. */
const SKIPPED = new Set(['.metadata.managedFields', '.metadata.name', '.metadata.namespace', '.metadata.labels', '.metadata.annotations']);

export const describeGeneric: Describer = async (w, object, scene) => {
  const { metadata } = object;
  w.field('Name', metadata.name);
  w.field('Namespace', metadata.namespace);
  w.labels('Labels', metadata.labels);
  w.annotations(metadata.annotations);
  writeFields(w, object, { level: 0, path: '' });
  await scene.events(w, object);
};

function writeFields(w: Writer, content: Readonly<Record<string, unknown>>, { level, path }: { level: number; path: string }): void {
  for (const key of sortedKeys(content)) {
    const here = `${path}.${key}`;
    if (SKIPPED.has(here)) continue;
    const value = content[key];
    if (Array.isArray(value)) {
      w.line(level, `${titleOf(key)}:`);
      for (const item of value) {
        if (isMap(item)) writeFields(w, item, { level: level + 1, path: here });
        else w.line(level + 1, goValue(item));
      }
    } else if (isMap(value)) {
      w.line(level, `${titleOf(key)}:`);
      writeFields(w, value, { level: level + 1, path: here });
    } else w.field(titleOf(key), goValue(value), level);
  }
}

const isMap = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object' && !Array.isArray(value);

const ACRONYMS = new Set(['API', 'URL', 'UID', 'GUID']);

/** "creationTimestamp" is "Creation Timestamp"; a name with other signs than letters and dashes stays as it is. */
export function titleOf(field: string): string {
  if (/[^\p{L}-]/u.test(field)) return field;
  const words: string[] = [];
  const parts = split(field);
  for (let at = 0; at < parts.length; at++) {
    const [part, next] = [parts[at]!, parts[at + 1]];
    // As kubectl does: capitals stay with the word behind them, "insecureSkipTLSVerify" is "Insecure Skip TLSVerify".
    const isJoined = next !== undefined && Buffer.byteLength(part) >= 2 && !/[^\p{Lu}\P{L}]/u.test(part) && /^\p{Lu}/u.test(next);
    words.push(isJoined ? part + next : part);
    if (isJoined) at++;
  }
  return words
    .map((word) => (ACRONYMS.has(word.toUpperCase()) ? word.toUpperCase() : word === word.toLowerCase() ? word.charAt(0).toUpperCase() + word.slice(1) : word))
    .join(' ');
}

/** Runs of small letters, capitals and other signs; the last capital before small letters begins their word. */
function split(field: string): string[] {
  const runs = field.match(/\p{Ll}+|\p{Lu}+|[^\p{Ll}\p{Lu}]+/gu) ?? [];
  for (let at = 0; at < runs.length - 1; at++) {
    if (!/^\p{Lu}/u.test(runs[at]!) || !/^\p{Ll}/u.test(runs[at + 1]!)) continue;
    const capitals = [...runs[at]!];
    runs[at + 1] = capitals.pop()! + runs[at + 1]!;
    runs[at] = capitals.join('');
  }
  return runs.filter((run) => run !== '');
}
