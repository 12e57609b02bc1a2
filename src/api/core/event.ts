/** Events, as core/v1 shows them; events.k8s.io is another view of the same. */
import { defineKind } from '../define.js';
import { ageOf, column, wideColumn } from '../columns.js';
import type { Event as EventType } from './types/event.js';

export type Event = EventType;

function firstSeen({ firstTimestamp, eventTime }: EventType, now: number): string {
  return ageOf(firstTimestamp || eventTime, now);
}

function lastSeen(event: EventType, now: number): string {
  if (event.series !== undefined) return ageOf(event.series.lastObservedTime, now);
  return event.lastTimestamp ? ageOf(event.lastTimestamp, now) : firstSeen(event, now);
}

function sourceText({ source, reportingComponent, reportingInstance }: EventType): string {
  const component = source.component || reportingComponent;
  const host = source.component ? source.host : reportingInstance;
  return host ? `${component}, ${host}` : component;
}

export const Event = defineKind<EventType>({
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  columns: [
    column('Last Seen', lastSeen),
    column('Type', ({ type }) => type ?? ''),
    column('Reason', ({ reason }) => reason ?? ''),
    column('Object', ({ involvedObject: { kind = '', name } }) => (name ? `${kind.toLowerCase()}/${name}` : kind.toLowerCase())),
    wideColumn('Subobject', ({ involvedObject }: EventType) => involvedObject.fieldPath ?? ''),
    wideColumn('Source', sourceText),
    column('Message', ({ message }) => (message ?? '').trim()),
    wideColumn('First Seen', firstSeen),
    { ...wideColumn('Count', ({ series, count }: EventType) => (series === undefined ? count || 1 : (series.count ?? 0))), type: 'integer' },
    { ...wideColumn('Name', ({ metadata }: EventType) => metadata.name ?? ''), format: 'name' },
  ],
  selectableFields: {
    'involvedObject.kind': ({ involvedObject }) => involvedObject.kind ?? '',
    'involvedObject.namespace': ({ involvedObject }) => involvedObject.namespace ?? '',
    'involvedObject.name': ({ involvedObject }) => involvedObject.name ?? '',
    'involvedObject.uid': ({ involvedObject }) => involvedObject.uid ?? '',
    'involvedObject.apiVersion': ({ involvedObject }) => involvedObject.apiVersion ?? '',
    'involvedObject.resourceVersion': ({ involvedObject }) => involvedObject.resourceVersion ?? '',
    'involvedObject.fieldPath': ({ involvedObject }) => involvedObject.fieldPath ?? '',
    reason: ({ reason }) => reason ?? '',
    reportingComponent: ({ reportingComponent }) => reportingComponent,
    source: ({ source, reportingComponent }) => source.component || reportingComponent,
    type: ({ type }) => type ?? '',
  },
  strategy: async () => (await import('./strategy/event.js')).strategy,
});
