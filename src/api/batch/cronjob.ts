/**
 * CronJob: a Job for every tick of a schedule. This is the light description; rules
 * on writes are in strategy/cronjob.ts.
 */
import { selectorText } from '../apps/selectortext.js';
import { ageColumn, ageOf, column, containerImages, containerNames, nameColumn, numberColumn, wideColumn } from '../columns.js';
import { defineKind, statusSubresource } from '../define.js';
import type { CronJob as CronJobObject } from './types/cronjob.js';

export type CronJob = CronJobObject;

export const CronJob = defineKind<CronJob>({
  group: 'batch',
  version: 'v1',
  kind: 'CronJob',
  plural: 'cronjobs',
  shortNames: ['cj'],
  categories: ['all'],
  subresources: [statusSubresource],
  columns: [
    nameColumn,
    column('Schedule', ({ spec }) => spec.schedule),
    column('Timezone', ({ spec }) => spec.timeZone ?? '<none>'),
    { name: 'Suspend', type: 'boolean', cell: ({ spec }) => suspendText(spec.suspend) },
    numberColumn('Active', ({ status }) => status.active?.length ?? 0),
    column('Last Schedule', ({ status }, now) => (status.lastScheduleTime ? ageOf(status.lastScheduleTime, now) : '<none>')),
    ageColumn,
    wideColumn('Containers', ({ spec }) => containerNames(spec.jobTemplate.spec.template)),
    wideColumn('Images', ({ spec }) => containerImages(spec.jobTemplate.spec.template)),
    wideColumn('Selector', ({ spec }) => selectorText(spec.jobTemplate.spec.selector)),
  ],
  strategy: async () => (await import('./strategy/cronjob.js')).strategy,
});

function suspendText(suspend: boolean | undefined): string {
  if (suspend === undefined) return '<unset>';
  return suspend ? 'True' : 'False';
}
