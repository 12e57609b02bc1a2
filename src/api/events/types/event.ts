/** Structs of events/v1: Event, EventSeries. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { int32, microTime, str, struct, sub, time, typeMeta } from '../../../apimachinery/schema.js';
import { EventSource } from '../../core/types/event.js';
import { ObjectReference } from '../../core/types/reference.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const EventSeries = struct('events/v1.EventSeries', {
  count: int32('Count int32', 1),
  lastObservedTime: microTime('LastObservedTime apis/meta/v1.MicroTime', 2),
});
export type EventSeries = z.output<typeof EventSeries>;

export const Event = struct('events/v1.Event', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { required: false }),
  eventTime: microTime('EventTime apis/meta/v1.MicroTime', 2),
  series: sub(EventSeries, 'Series *events/v1.EventSeries', 3).optional(),
  reportingController: str('ReportingController string', 4).optional(),
  reportingInstance: str('ReportingInstance string', 5).optional(),
  action: str('Action string', 6).optional(),
  reason: str('Reason string', 7).optional(),
  regarding: sub(ObjectReference, 'Regarding core/v1.ObjectReference', 8, { omitempty: true }),
  related: sub(ObjectReference, 'Related *core/v1.ObjectReference', 9).optional(),
  note: str('Note string', 10).optional(),
  type: str('Type string', 11).optional(),
  deprecatedSource: sub(EventSource, 'DeprecatedSource core/v1.EventSource', 12, { omitempty: true }),
  deprecatedFirstTimestamp: time('DeprecatedFirstTimestamp apis/meta/v1.Time', 13).optional(),
  deprecatedLastTimestamp: time('DeprecatedLastTimestamp apis/meta/v1.Time', 14).optional(),
  deprecatedCount: int32('DeprecatedCount int32', 15).optional(),
});
export type Event = z.output<typeof Event>;
