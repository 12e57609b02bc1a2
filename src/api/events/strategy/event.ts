/**
 * Rules on writing Events through events.k8s.io/v1, which asks for more than
 * core/v1 does, and for none of the old fields.
 */
import { isDeepStrictEqual } from 'node:util';
import { invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import { typeNodeOf } from '../../../apimachinery/compile.js';
import { validateEvent } from '../../core/strategy/event.js';
import { Event as CoreEvent } from '../../core/types/event.js';
import { goInternal } from '../../internal.js';
import type { Strategy } from '../../kind.js';
import { toCore } from '../conversion.js';
import { Event } from '../types/event.js';

/** As Kubernetes does: the reason is looked at twice, and every field is called what it is in core/v1. */
const FIXED = [
  'involvedObject',
  'reason',
  'message',
  'source',
  'firstTimestamp',
  'lastTimestamp',
  'count',
  'reason',
  'type',
  'eventTime',
  'action',
  'related',
  'reportingComponent',
  'reportingInstance',
] as const;

export const strategy: Strategy<Event> = {
  schema: Event,
  allowCreateOnUpdate: true,
  generation: false,
  validate: (event) => [...validateEvent(toCore(event)), ...validateSeries(event), ...validateNew(event)],
  validateUpdate: (next, previous, _, { changed } = { whole: [], changed: [] }) => [
    ...validateEvent(toCore(next)),
    ...changed,
    ...(isDeepStrictEqual(next.series, previous.series) ? [] : validateSeries(next)),
    ...fixed(toCore(next), toCore(previous)),
  ],
  placesMetadata: true,
};

function fixed(next: CoreEvent, previous: CoreEvent): Causes {
  const internal = goInternal(next, typeNodeOf(CoreEvent)) as Record<string, unknown>;
  return FIXED.flatMap((name) => {
    if (isDeepStrictEqual(next[name], previous[name])) return [];
    const shown = name === 'involvedObject' || name === 'source' || name === 'related' ? internal[`${name[0]!.toUpperCase()}${name.slice(1)}`] : next[name];
    return [invalid(name === 'reportingComponent' ? 'reportingController' : name, shown ?? (name === 'count' ? 0 : null), 'field is immutable')];
  });
}

function validateSeries({ series }: Event): Causes {
  if (!series) return [];
  return [
    ...(series.count < 2 ? [invalid('series.count', '', 'should be at least 2')] : []),
    ...(series.lastObservedTime === null ? [required('series.lastObservedTime')] : []),
  ];
}

function validateNew(event: Event): Causes {
  const { eventTime, type = '', deprecatedFirstTimestamp, deprecatedLastTimestamp, deprecatedCount, deprecatedSource } = event;
  const unset = (field: string, isSet: boolean): Causes => (isSet ? [invalid(field, '', 'needs to be unset')] : []);
  return [
    ...(eventTime ? [] : [required('eventTime')]),
    ...(type === 'Normal' || type === 'Warning' ? [] : [invalid('type', '', `has invalid value: ${type}`)]),
    ...unset('firstTimestamp', Boolean(deprecatedFirstTimestamp)),
    ...unset('lastTimestamp', Boolean(deprecatedLastTimestamp)),
    ...unset('count', (deprecatedCount ?? 0) !== 0),
    ...unset('source', (deprecatedSource.component ?? '') !== '' || (deprecatedSource.host ?? '') !== ''),
  ];
}
