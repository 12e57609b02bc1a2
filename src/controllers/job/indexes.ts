/** Completion indexes of an Indexed Job: their text ("0,2-5") and what a pod says of its own. */
import type { Job, Pod } from '../kinds.js';

export const INDEX = 'batch.kubernetes.io/job-completion-index';
export const INDEX_FAILURES = 'batch.kubernetes.io/job-index-failure-count';
export const INDEX_IGNORED_FAILURES = 'batch.kubernetes.io/job-index-ignored-failure-count';

export function isIndexed({ spec }: Job): boolean {
  return spec.completionMode === 'Indexed';
}

export function indexOf({ metadata: { annotations = {} } }: Pod): number | undefined {
  const text = annotations[INDEX];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** Numbers below `end`; what cannot be read counts for nothing. */
export function parseIndexes(text: string | undefined, end: number): Set<number> {
  const indexes = new Set<number>();
  for (const part of (text ?? '').split(',')) {
    const found = /^(\d+)(?:-(\d+))?$/.exec(part);
    if (found === null) continue;
    const last = Math.min(Number(found[2] ?? found[1]), end - 1);
    for (let index = Number(found[1]); index <= last; index++) indexes.add(index);
  }
  return indexes;
}

export function formatIndexes(indexes: ReadonlySet<number>): string {
  const sorted = [...indexes].sort((one, other) => one - other);
  const parts: string[] = [];
  for (let at = 0; at < sorted.length;) {
    let end = at;
    while (sorted[end + 1] === sorted[end]! + 1) end++;
    const run = [sorted[at]!, sorted[end]!];
    parts.push(end === at ? String(run[0]) : end === at + 1 ? run.join(',') : run.join('-'));
    at = end + 1;
  }
  return parts.join(',');
}

/** The rule of a success policy that is met, or undefined. */
export function metSuccessRule({ spec }: Job, succeeded: ReadonlySet<number>): number | undefined {
  const rules = spec.successPolicy?.rules ?? [];
  const at = rules.findIndex(({ succeededIndexes, succeededCount }) => {
    const counted = succeededIndexes === undefined ? succeeded : intersection(parseIndexes(succeededIndexes, spec.completions ?? 0), succeeded);
    if (succeededCount !== undefined) return counted.size >= succeededCount;
    return succeededIndexes !== undefined && counted.size >= parseIndexes(succeededIndexes, spec.completions ?? 0).size;
  });
  return at < 0 ? undefined : at;
}

function intersection(one: ReadonlySet<number>, other: ReadonlySet<number>): Set<number> {
  return new Set([...one].filter((index) => other.has(index)));
}
