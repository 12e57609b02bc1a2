/** The annotation in which apply keeps what it was given last. */
import { toCompactJson } from './printers/compact.js';

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The configuration, with itself written into its annotation. */
export function withLastApplied(object: any): any {
  const { [LAST_APPLIED]: _before, ...annotations } = object.metadata?.annotations ?? {};
  const bare = { ...object, metadata: { ...object.metadata, annotations } };
  return { ...bare, metadata: { ...bare.metadata, annotations: { ...annotations, [LAST_APPLIED]: `${toCompactJson(bare)}\n` } } };
}

/** The configuration without that annotation, as kubectl compares it: with annotations, if empty ones. */
export function withoutLastApplied(object: any): any {
  const { [LAST_APPLIED]: _before, ...annotations } = object.metadata?.annotations ?? {};
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** What was applied last; undefined where nothing was. */
export function lastApplied(object: any): any {
  const text: string | undefined = object?.metadata?.annotations?.[LAST_APPLIED];
  return text === undefined ? undefined : JSON.parse(text);
}
