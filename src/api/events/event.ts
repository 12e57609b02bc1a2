/**
 * Event, events.k8s.io/v1: the newer view of what is stored as core/v1. This is the light
 * description; rules on writes are in strategy/event.ts.
 */
import { Event as CoreEvent } from '../core/event.js';
import { toCore } from './conversion.js';
import { defineKind } from '../define.js';
import type { Event as EventObject } from './types/event.js';

export type Event = EventObject;

export const Event = defineKind<Event>({
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  prefix: '/registry/events',
  columns: CoreEvent.columns.map((column) => ({ ...column, cell: (event, now) => column.cell(toCore(event), now) })),
  selectableFields: {
    reason: ({ reason }) => reason ?? '',
    'regarding.kind': ({ regarding }) => regarding.kind ?? '',
    'regarding.namespace': ({ regarding }) => regarding.namespace ?? '',
    'regarding.name': ({ regarding }) => regarding.name ?? '',
    'regarding.uid': ({ regarding }) => regarding.uid ?? '',
    'regarding.apiVersion': ({ regarding }) => regarding.apiVersion ?? '',
    'regarding.resourceVersion': ({ regarding }) => regarding.resourceVersion ?? '',
    'regarding.fieldPath': ({ regarding }) => regarding.fieldPath ?? '',
    reportingController: ({ reportingController }) => reportingController ?? '',
    type: ({ type }) => type ?? '',
  },
  storedAs: { group: '', version: 'v1', convert: async () => (await import('./conversion.js')).conversion },
  strategy: async () => (await import('./strategy/event.js')).strategy,
});
