/** The hash that --append-hash and kustomize put behind the names of config maps and secrets. */
import { createHash } from 'node:crypto';
import { toCompactJson } from './printers/compact.js';

const LENGTH = 10;
// Letters that could spell words are replaced.
const INSTEAD: Readonly<Record<string, string>> = { 0: 'g', 1: 'h', 3: 'k', a: 'm', e: 't' };

/** `empty`: what stands for no data; kustomize writes a text there, kubectl an empty map. */
export function nameHash({ kind, metadata, data, binaryData, stringData, type }: any, empty: '' | Record<string, never> = ''): string {
  const name = metadata?.name ?? '';
  const body =
    kind === 'ConfigMap'
      ? { kind, name, data: data ?? empty, ...(binaryData !== undefined && Object.keys(binaryData).length > 0 ? { binaryData } : {}) }
      : { kind, type: type ?? '', name, data: data ?? empty, ...(stringData !== undefined && Object.keys(stringData).length > 0 ? { stringData } : {}) };
  const hex = createHash('sha256').update(toCompactJson(body)).digest('hex').slice(0, LENGTH);
  return [...hex].map((letter) => INSTEAD[letter] ?? letter).join('');
}
