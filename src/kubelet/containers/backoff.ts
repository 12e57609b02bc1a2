/**
 * Delays that double while something keeps failing, and are forgotten after
 * twice the longest without a failure: client-go's flowcontrol.Backoff. What is
 * remembered can be saved, for it is nowhere else.
 */
export interface BackoffEntry {
  delayMs: number;
  /** When it was last lengthened, milliseconds since the epoch. */
  updated: number;
  /** What went wrong last. */
  error?: string;
}
export type SavedBackoff = Record<string, BackoffEntry>;

export class Backoff {
  readonly #firstMs: number;
  readonly #maxMs: number;
  #entries = new Map<string, BackoffEntry>();

  constructor({ firstMs, maxMs }: { firstMs: number; maxMs: number }) {
    this.#firstMs = firstMs;
    this.#maxMs = maxMs;
  }

  delayOf(key: string): number {
    return this.#entries.get(key)?.delayMs ?? 0;
  }

  /** Milliseconds still to wait after a failure at `failedAt`; 0: go on. */
  remaining(key: string, { failedAt, now }: { failedAt: number; now: number }): number {
    const entry = this.#entries.get(key);
    if (entry === undefined || failedAt - entry.updated > 2 * this.#maxMs) return 0;
    return Math.max(0, entry.delayMs - (now - failedAt));
  }

  /** Like `remaining`, since the delay was last lengthened. */
  remainingSinceUpdate(key: string, now: number): number {
    const entry = this.#entries.get(key);
    if (entry === undefined || now - entry.updated > 2 * this.#maxMs) return 0;
    return Math.max(0, entry.delayMs - (now - entry.updated));
  }

  errorOf(key: string): string | undefined {
    return this.#entries.get(key)?.error;
  }

  next(key: string, { failedAt, now, error }: { failedAt: number; now: number; error?: string }): void {
    const entry = this.#entries.get(key);
    const fresh = entry === undefined || failedAt - entry.updated > 2 * this.#maxMs;
    this.#entries.set(key, {
      delayMs: fresh ? this.#firstMs : Math.min(entry.delayMs * 2, this.#maxMs),
      updated: now,
      ...(error === undefined ? {} : { error }),
    });
  }

  forget(prefix: string): void {
    for (const key of [...this.#entries.keys()]) if (key.startsWith(prefix)) this.#entries.delete(key);
  }

  saved(): SavedBackoff {
    return Object.fromEntries(this.#entries);
  }

  restore(saved: SavedBackoff): void {
    this.#entries = new Map(Object.entries(saved));
  }
}
