/** Structs of core/v1: Event, EventSeries, EventSource. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { int32, microTime, str, struct, sub, time, typeMeta } from '../../../apimachinery/schema.js';
import { ObjectReference } from './reference.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const EventSource = struct('core/v1.EventSource', {
  component: str('Component string', 1).optional(),
  host: str('Host string', 2).optional(),
});
export type EventSource = z.output<typeof EventSource>;

export const EventSeries = struct('core/v1.EventSeries', {
  count: int32('Count int32', 1).optional(),
  lastObservedTime: microTime('LastObservedTime apis/meta/v1.MicroTime', 2).optional(),
});
export type EventSeries = z.output<typeof EventSeries>;

export const Event = struct('core/v1.Event', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1),
  involvedObject: sub(ObjectReference, 'InvolvedObject core/v1.ObjectReference', 2),
  reason: str('Reason string', 3).optional(),
  message: str('Message string', 4).optional(),
  source: sub(EventSource, 'Source core/v1.EventSource', 5, { omitempty: true }),
  firstTimestamp: time('FirstTimestamp apis/meta/v1.Time', 6).optional(),
  lastTimestamp: time('LastTimestamp apis/meta/v1.Time', 7).optional(),
  count: int32('Count int32', 8).optional(),
  type: str('Type string', 9).optional(),
  eventTime: microTime('EventTime apis/meta/v1.MicroTime', 10).optional(),
  series: sub(EventSeries, 'Series *core/v1.EventSeries', 11).optional(),
  action: str('Action string', 12).optional(),
  related: sub(ObjectReference, 'Related *core/v1.ObjectReference', 13).optional(),
  reportingComponent: str('ReportingController string', 14, { required: false }),
  reportingInstance: str('ReportingInstance string', 15, { required: false }),
});
export type Event = z.output<typeof Event>;
