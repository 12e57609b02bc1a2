/** Counts that may be a number or a percentage of a whole (intstr.IntOrString). */
export function countOf(value: number | string | undefined, whole: number, round: 'up' | 'down'): number {
  if (value === undefined) return 0;
  if (typeof value === 'number') return value;
  const exact = (whole * Number.parseInt(value, 10)) / 100;
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact);
}
