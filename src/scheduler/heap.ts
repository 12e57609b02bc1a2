/** A binary heap with removal by key: who is first costs nothing, everything else a logarithm. */
export class Heap<T> {
  readonly #items: T[] = [];
  readonly #at = new Map<string, number>();
  readonly #key: (item: T) => string;
  readonly #before: (one: T, other: T) => boolean;

  constructor(key: (item: T) => string, before: (one: T, other: T) => boolean) {
    this.#key = key;
    this.#before = before;
  }

  get size(): number {
    return this.#items.length;
  }

  get(key: string): T | undefined {
    const at = this.#at.get(key);
    return at === undefined ? undefined : this.#items[at];
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  values(): readonly T[] {
    return this.#items;
  }

  /** Puts it in the place of one with the same key, if there is one. */
  push(item: T): void {
    this.remove(this.#key(item));
    this.#items.push(item);
    this.#at.set(this.#key(item), this.#items.length - 1);
    this.#up(this.#items.length - 1);
  }

  pop(): T | undefined {
    const first = this.#items[0];
    if (first !== undefined) this.remove(this.#key(first));
    return first;
  }

  remove(key: string): T | undefined {
    const at = this.#at.get(key);
    if (at === undefined) return undefined;
    const removed = this.#items[at]!;
    const last = this.#items.pop()!;
    this.#at.delete(key);
    if (last === removed) return removed;
    this.#put(last, at);
    this.#up(at);
    this.#down(this.#at.get(this.#key(last))!);
    return removed;
  }

  #put(item: T, at: number): void {
    this.#items[at] = item;
    this.#at.set(this.#key(item), at);
  }

  #up(start: number): void {
    const item = this.#items[start]!;
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(item, this.#items[parent]!)) break;
      this.#put(this.#items[parent]!, at);
      at = parent;
    }
    this.#put(item, at);
  }

  #down(start: number): void {
    const item = this.#items[start]!;
    let at = start;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#items.length) break;
      if (child + 1 < this.#items.length && this.#before(this.#items[child + 1]!, this.#items[child]!)) child++;
      if (!this.#before(this.#items[child]!, item)) break;
      this.#put(this.#items[child]!, at);
      at = child;
    }
    this.#put(item, at);
  }
}
