/** A module that is loaded when first asked for, and there at once from then on: `import()` itself costs more than a write. */
import type { Soon } from '../platform/soon.js';

export function lazy<T>(load: () => Promise<T>): () => Soon<T> {
  let loaded: Soon<T> | undefined;
  return () => (loaded ??= load().then((module) => (loaded = module)));
}
