/**
 * Job: pods that run to completion. This is the light description; rules on writes
 * are in strategy/job.ts.
 */
import { humanDuration } from '../../apimachinery/time.js';
import { selectorText } from '../apps/selectortext.js';
import { ageColumn, column, containerImages, containerNames, nameColumn, wideColumn } from '../columns.js';
import { defineKind, statusSubresource } from '../define.js';
import type { Job as JobObject } from './types/job.js';

export type Job = JobObject;

export const Job = defineKind<Job>({
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  plural: 'jobs',
  categories: ['all'],
  subresources: [statusSubresource],
  columns: [
    nameColumn,
    column('Status', (job) => statusText(job)),
    column('Completions', ({ spec, status }) => completionsText(spec, status.succeeded ?? 0)),
    column('Duration', ({ status }, now) => durationText(status, now)),
    ageColumn,
    wideColumn('Containers', ({ spec }) => containerNames(spec.template)),
    wideColumn('Images', ({ spec }) => containerImages(spec.template)),
    wideColumn('Selector', ({ spec }) => selectorText(spec.selector)),
  ],
  selectableFields: { 'status.successful': ({ status }) => String(status.succeeded ?? 0) },
  strategy: async () => (await import('./strategy/job.js')).strategy,
});

function statusText({ metadata, status }: Job): string {
  const holds = (type: string) => (status.conditions ?? []).some((condition) => condition.type === type && condition.status === 'True');
  if (holds('Complete')) return 'Complete';
  if (holds('Failed')) return 'Failed';
  if (metadata.deletionTimestamp) return 'Terminating';
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(holds) ?? 'Running';
}

function completionsText({ completions, parallelism }: Job['spec'], succeeded: number): string {
  if (completions !== undefined) return `${succeeded}/${completions}`;
  return (parallelism ?? 0) > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function durationText({ startTime, completionTime }: Job['status'], now: number): string {
  if (!startTime) return '';
  return humanDuration((completionTime ? Date.parse(completionTime) : now) - Date.parse(startTime));
}
