/**
 * Rules on writing Events through events.k8s.io/v1, which asks for more than
 * core/v1 does, and for none of the old fields.
 */
import { isDeepStrictEqual } from 'node:util';
import { invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import { qualifiedName } from '../../../apimachinery/names.js';
import { complaints, immutable } from '../../apps/validation/rules.js';
import type { Strategy } from '../../kind.js';
import { Event } from '../types/event.js';

const TEXT_MAX = 128;
const NOTE_MAX = 1024;
const FIXED = ['regarding', 'related', 'reason', 'action', 'type', 'reportingController', 'reportingInstance', 'note', 'eventTime'] as const;
/** Complaints name fields as the internal type has them. */
const FIELD_NAMES: Readonly<Record<string, string>> = { regarding: 'involvedObject', note: 'message' };

export const strategy: Strategy<Event> = {
  schema: Event,
  allowCreateOnUpdate: true,
  generation: false,
  validate: (event) => [...validateNamespace(event), ...validateTexts(event), ...validateSeries(event), ...validateNew(event)],
  validateUpdate: (next, previous) => [
    ...validateNamespace(next),
    ...validateTexts(next),
    ...validateSeries(next),
    ...FIXED.flatMap((field) => (isDeepStrictEqual(next[field], previous[field]) ? [] : immutable(FIELD_NAMES[field] ?? field, next[field], previous[field]))),
  ],
};

function validateNamespace({ metadata, regarding }: Event): Causes {
  const { namespace = '' } = metadata;
  const about = regarding.namespace ?? '';
  const fits = about === '' ? namespace === '' || namespace === 'default' : about === namespace;
  return fits ? [] : [invalid('involvedObject.namespace', about, 'does not match event.namespace')];
}

function validateTexts({ reportingController = '', reportingInstance = '', action = '', reason = '', note = '', eventTime }: Event): Causes {
  if (!eventTime) return [];
  return [
    ...(reportingController === '' ? [required('reportingController')] : []),
    ...complaints('reportingController', reportingController, qualifiedName(reportingController)),
    ...text('reportingInstance', reportingInstance),
    ...text('action', action),
    ...text('reason', reason),
    ...(note.length > NOTE_MAX ? [invalid('message', '', `can have at most ${NOTE_MAX} characters`)] : []),
  ];
}

function text(field: string, value: string): Causes {
  return [...(value === '' ? [required(field)] : []), ...(value.length > TEXT_MAX ? [invalid(field, '', `can have at most ${TEXT_MAX} characters`)] : [])];
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
