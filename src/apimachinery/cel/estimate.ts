/** Ranges of sizes and costs, which never grow past what Go's uint64 holds. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

export const UNBOUNDED = 2 ** 64;
export const UNKNOWN: Range = { min: 0, max: UNBOUNDED };
export const ZERO: Range = { min: 0, max: 0 };

export const fixed = (value: number): Range => ({ min: value, max: value });

const bounded = (value: number): number => Math.min(value, UNBOUNDED);

export const add = (...ranges: readonly Range[]): Range => ({
  min: bounded(ranges.reduce((sum, { min }) => sum + min, 0)),
  max: bounded(ranges.reduce((sum, { max }) => sum + max, 0)),
});

export const multiply = (one: Range, other: Range): Range => ({ min: bounded(one.min * other.min), max: bounded(one.max * other.max) });

/** Times a factor, rounded up. */
export const scale = ({ min, max }: Range, factor: number): Range => ({ min: bounded(Math.ceil(min * factor)), max: bounded(Math.ceil(max * factor)) });

export const union = (one: Range, other: Range): Range => ({ min: Math.min(one.min, other.min), max: Math.max(one.max, other.max) });
