/** A module that is loaded when first asked for, and found at once from then on: `import()` itself costs more than a write. */
export function lazy<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () => (loaded ??= load());
}
