/** Rules of events as core/v1 takes them: an event lives in the namespace of what it is about. */
import { invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import { byteLength, dns1123Subdomain, qualifiedName } from '../../../apimachinery/names.js';
import type { Strategy } from '../../kind.js';
import { Event } from '../types/event.js';
import { invalidEach } from '../validation/complaints.js';

export const strategy: Strategy<Event> = {
  schema: Event,
  metadataRules: 'none',
  validate: validateEvent,
  validateUpdate: validateEvent,
  allowCreateOnUpdate: true,
};

const WORD_MAX = 128;
const MESSAGE_MAX = 1_024;

/** What events of both APIs must obey. */
export function validateEvent(event: Event): Causes {
  const namespace = event.metadata.namespace ?? '';
  // As Kubernetes does: an event with eventTime is one of the newer sort, which says who reports what.
  return [...(event.eventTime ? newer(event) : older(event)), ...(namespace === '' ? [] : invalidEach('namespace', namespace, dns1123Subdomain(namespace)))];
}

function older({ metadata: { namespace = '' }, involvedObject: { namespace: about = '' } }: Event): Causes {
  // Events about cluster-scoped objects live in "default".
  const fits = about === '' ? namespace === '' || namespace === 'default' : about === namespace;
  return fits ? [] : [invalid('involvedObject.namespace', about, 'does not match event.namespace')];
}

function newer({
  metadata: { namespace = '' },
  involvedObject,
  reportingComponent,
  reportingInstance = '',
  action = '',
  reason = '',
  message = '',
}: Event): Causes {
  const isHomeless = !involvedObject.namespace && namespace !== 'default' && namespace !== 'kube-system';
  return [
    ...(isHomeless ? [invalid('involvedObject.namespace', '', 'does not match event.namespace')] : []),
    // As Kubernetes does: by the name that the field has in the newer API.
    ...(reportingComponent === '' ? [required('reportingController')] : []),
    ...invalidEach('reportingController', reportingComponent, qualifiedName(reportingComponent)),
    ...word(reportingInstance, 'reportingInstance'),
    ...word(action, 'action'),
    ...word(reason, 'reason'),
    ...(byteLength(message) > MESSAGE_MAX ? [invalid('message', '', `can have at most ${MESSAGE_MAX} characters`)] : []),
  ];
}

function word(text: string, field: string): Causes {
  if (text === '') return [required(field)];
  return byteLength(text) > WORD_MAX ? [invalid(field, '', `can have at most ${WORD_MAX} characters`)] : [];
}
