/** Warnings about finalizers of custom resources whose names might clash with another's. */
import { goQuote } from '../../apimachinery/gojson.js';
import { qualifiedName } from '../../apimachinery/names.js';
import type { KubeObject } from '../../apimachinery/object.js';

const STANDARD = new Set(['orphan', 'foregroundDeletion', 'kubernetes']);
const REST = 'to avoid accidental conflicts with other finalizer writers';

/** Of those that are new. */
export function finalizerWarnings(next: KubeObject, previous: KubeObject | undefined): string[] {
  const known = new Set(previous?.metadata.finalizers);
  const added = [...new Set(next.metadata.finalizers)].filter((name) => !known.has(name)).sort();
  return added.flatMap((name) => [...qualifiedName(name), ...preference(name)].map((message) => `metadata.finalizers: ${goQuote(name)}: ${message}`));
}

function preference(name: string): string[] {
  if (name.includes('/') || STANDARD.has(name)) return [];
  return [name.includes('.') ? `prefer a domain-qualified finalizer name including a path (/) ${REST}` : `prefer a domain-qualified finalizer name ${REST}`];
}
