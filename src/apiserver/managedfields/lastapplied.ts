/**
 * The annotation of client-side `kubectl apply`, as server-side apply by the
 * manager "kubectl" honours it: values still as it last applied them may be
 * taken over, and an annotation that is there is kept up to date.
 */
import { goJson, sortedKeys } from '../../apimachinery/gojson.js';
import { isMap } from '../../apimachinery/patch/json.js';
import { compare, appliedSet } from './compare.js';
import { difference, type MaybeSet } from './fieldset.js';
import type { MapShape } from './shape.js';

export const KUBECTL = 'kubectl';
const ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration';
const ANNOTATIONS_MAX = 262_144;

/** undefined: nothing is allowed. */
export function allowedByLastApplied(shape: MapShape, live: any): MaybeSet {
  const last = lastApplied(live);
  if (last === undefined) return undefined;
  const set = appliedSet(shape, last);
  return difference(set, compare(shape, last, live).modified);
}

function lastApplied(live: any): any {
  const text = live.metadata?.annotations?.[ANNOTATION];
  if (typeof text !== 'string' || text === '') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isMap(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // somebody wrote into the annotation by hand
    throw error;
  }
}

/** The object with the annotation saying what was applied now; only where it has one. */
export function syncLastApplied(object: any, config: any): any {
  const annotations = object.metadata?.annotations;
  if (annotations?.[ANNOTATION] === undefined || annotations[ANNOTATION] === '') return object;
  const { [ANNOTATION]: _, ...others } = annotations;
  const { managedFields: __, ...metadata } = config.metadata ?? {};
  if (metadata.annotations !== undefined) {
    const { [ANNOTATION]: ___, ...rest } = metadata.annotations;
    metadata.annotations = rest;
  }
  const text = `${goJson(sortedKeys({ ...config, metadata }))}\n`;
  const size = Object.entries<string>(others).reduce((sum, [name, value]) => sum + name.length + Buffer.byteLength(String(value)), 0);
  const fits = size + ANNOTATION.length + Buffer.byteLength(text) <= ANNOTATIONS_MAX;
  return { ...object, metadata: { ...object.metadata, annotations: fits ? { ...others, [ANNOTATION]: text } : others } };
}
