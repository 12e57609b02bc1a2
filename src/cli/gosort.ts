/**
 * An order as Go's sort.Sort leaves it. It is not stable: short lists go by
 * insertion, long ones by pattern-defeating quicksort, so items that compare
 * alike end where Go would put them, and people see kubectl's order.
 */
type Less<T> = (a: T, b: T) => boolean;

const INSERTION_MAX = 12;
const NINTHER_MIN = 50;
const SHIFTING_MIN = 50;
const SHIFTS_MAX = 5;
/** Swaps of a median of medians that say the range runs downwards. */
const SWAPS_MAX = 12;

/** A sorted copy. */
export function goSort<T>(items: readonly T[], isLess: Less<T>): T[] {
  const sorting = new Sorting(items, isLess);
  sorting.range(0, items.length, bitLength(items.length));
  return sorting.items;
}

const bitLength = (count: number): number => (count === 0 ? 0 : 32 - Math.clz32(count));

class Sorting<T> {
  readonly items: T[];
  readonly #isLess: Less<T>;
  #swaps = 0;

  constructor(items: readonly T[], isLess: Less<T>) {
    this.items = [...items];
    this.#isLess = isLess;
  }

  range(from: number, to: number, badMax: number): void {
    let [low, high, limit] = [from, to, badMax];
    let wasBalanced = true;
    let wasPartitioned = true;
    for (;;) {
      const length = high - low;
      if (length <= INSERTION_MAX) return this.#insertion(low, high);
      if (limit === 0) return this.#heap(low, high);
      if (!wasBalanced) {
        this.#breakPatterns(low, high);
        limit--;
      }
      const found = this.#choosePivot(low, high);
      let { pivot } = found;
      let isRising = found.order === 'rising';
      if (found.order === 'falling') {
        this.#reverse(low, high);
        pivot = high - 1 - (pivot - low);
        isRising = true;
      }
      if (wasBalanced && wasPartitioned && isRising && this.#nearlySorted(low, high)) return;
      if (low > 0 && !this.#less(low - 1, pivot)) {
        low = this.#partitionEqual(low, high, pivot);
        continue;
      }
      const { middle, already } = this.#partition(low, high, pivot);
      wasPartitioned = already;
      const [left, right] = [middle - low, high - middle];
      wasBalanced = Math.min(left, right) >= Math.floor(length / 8);
      if (left < right) {
        this.range(low, middle, limit);
        low = middle + 1;
      } else {
        this.range(middle + 1, high, limit);
        high = middle;
      }
    }
  }

  #less(a: number, b: number): boolean {
    return this.#isLess(this.items[a]!, this.items[b]!);
  }

  #swap(a: number, b: number): void {
    [this.items[a], this.items[b]] = [this.items[b]!, this.items[a]!];
  }

  #insertion(low: number, high: number): void {
    for (let next = low + 1; next < high; next++) for (let at = next; at > low && this.#less(at, at - 1); at--) this.#swap(at, at - 1);
  }

  #heap(low: number, high: number): void {
    const count = high - low;
    for (let root = Math.floor((count - 1) / 2); root >= 0; root--) this.#siftDown(root, count, low);
    for (let last = count - 1; last >= 0; last--) {
      this.#swap(low, low + last);
      this.#siftDown(0, last, low);
    }
  }

  #siftDown(from: number, count: number, first: number): void {
    let root = from;
    for (;;) {
      let child = 2 * root + 1;
      if (child >= count) return;
      if (child + 1 < count && this.#less(first + child, first + child + 1)) child++;
      if (!this.#less(first + root, first + child)) return;
      this.#swap(first + root, first + child);
      root = child;
    }
  }

  /** Everything less than the pivot to its left; where the pivot came to stand. */
  #partition(low: number, high: number, pivot: number): { middle: number; already: boolean } {
    this.#swap(low, pivot);
    let [left, right] = [low + 1, high - 1];
    const advance = (): void => {
      while (left <= right && this.#less(left, low)) left++;
      while (left <= right && !this.#less(right, low)) right--;
    };
    advance();
    const already = left > right;
    while (left <= right) {
      this.#swap(left++, right--);
      advance();
    }
    this.#swap(right, low);
    return { middle: right, already };
  }

  /** Of a range that holds nothing less than the pivot: what equals it first; where the rest begins. */
  #partitionEqual(low: number, high: number, pivot: number): number {
    this.#swap(low, pivot);
    let [left, right] = [low + 1, high - 1];
    for (;;) {
      while (left <= right && !this.#less(low, left)) left++;
      while (left <= right && this.#less(low, right)) right--;
      if (left > right) return left;
      this.#swap(left++, right--);
    }
  }

  /** Mends a few pairs that stand wrong; whether the range is sorted now. */
  #nearlySorted(low: number, high: number): boolean {
    let at = low + 1;
    for (let mended = 0; mended < SHIFTS_MAX; mended++) {
      while (at < high && !this.#less(at, at - 1)) at++;
      if (at === high) return true;
      if (high - low < SHIFTING_MIN) return false;
      this.#swap(at, at - 1);
      if (at - low >= 2) for (let back = at - 1; back >= 1 && this.#less(back, back - 1); back--) this.#swap(back, back - 1);
      if (high - at >= 2) for (let on = at + 1; on < high && this.#less(on, on - 1); on++) this.#swap(on, on - 1);
    }
    return false;
  }

  #breakPatterns(low: number, high: number): void {
    const length = high - low;
    if (length < 8) return;
    let random = BigInt(length);
    const mask = (1n << BigInt(bitLength(length))) - 1n;
    const middle = low + Math.floor(length / 4) * 2;
    for (let at = middle - 1; at <= middle + 1; at++) {
      random ^= BigInt.asUintN(64, random << 13n);
      random ^= random >> 7n;
      random ^= BigInt.asUintN(64, random << 17n);
      const other = Number(random & mask);
      this.#swap(at, low + (other >= length ? other - length : other));
    }
  }

  #choosePivot(low: number, high: number): { pivot: number; order: 'rising' | 'falling' | 'unknown' } {
    const length = high - low;
    const quarter = Math.floor(length / 4);
    let [first, second, third] = [low + quarter, low + quarter * 2, low + quarter * 3];
    this.#swaps = 0;
    if (length >= 8) {
      if (length >= NINTHER_MIN)
        [first, second, third] = [
          this.#median(first - 1, first, first + 1),
          this.#median(second - 1, second, second + 1),
          this.#median(third - 1, third, third + 1),
        ];
      second = this.#median(first, second, third);
    }
    return { pivot: second, order: this.#swaps === 0 ? 'rising' : this.#swaps === SWAPS_MAX ? 'falling' : 'unknown' };
  }

  #median(first: number, second: number, third: number): number {
    let [a, b, c] = [first, second, third];
    [a, b] = this.#ordered(a, b);
    [b, c] = this.#ordered(b, c);
    [a, b] = this.#ordered(a, b);
    return b;
  }

  #ordered(a: number, b: number): [number, number] {
    if (!this.#less(b, a)) return [a, b];
    this.#swaps++;
    return [b, a];
  }

  #reverse(low: number, high: number): void {
    for (let [left, right] = [low, high - 1]; left < right; left++, right--) this.#swap(left, right);
  }
}
