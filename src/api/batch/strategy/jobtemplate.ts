/**
 * What Jobs and the Job templates of CronJobs have in common when they are
 * written: a default, and what draws warnings.
 */
import type { KubeObject } from '../../../apimachinery/object.js';
import { warningsForPodTemplate } from '../../core/strategy/podwarnings.js';
import type { JobSpec } from '../types/cronjob.js';

const COMPLETIONS_SOFT_MAX = 100_000;
const PARALLELISM_SOFT_MAX = 10_000;
const TOO_MANY =
  'In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail';

/** A condition that says no status is met when it is true. */
export function defaultPodFailurePolicy({ podFailurePolicy }: JobSpec): void {
  for (const { onPodConditions } of podFailurePolicy?.rules ?? []) for (const pattern of onPodConditions ?? []) pattern.status ||= 'True';
}

/** None for an update that raises no generation. */
export function jobWarnings(next: KubeObject, previous: KubeObject | undefined, spec: JobSpec, path: string): string[] {
  if (previous !== undefined && next.metadata.generation === previous.metadata.generation) return [];
  const many = spec.completionMode === 'Indexed' && (spec.completions ?? 0) > COMPLETIONS_SOFT_MAX && (spec.parallelism ?? 0) > PARALLELISM_SOFT_MAX;
  return [...(many ? [`${path}: ${TOO_MANY}`] : []), ...warningsForPodTemplate(spec.template, `${path}.template`)];
}
