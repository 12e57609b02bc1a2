/** Rules of events as core/v1 takes them: an event lives in the namespace of what it is about. */
import { invalid, type Causes } from '../../../apimachinery/fielderror.js';
import { dns1123Subdomain } from '../../../apimachinery/names.js';
import type { Strategy } from '../../kind.js';
import { Event } from '../types/event.js';
import { invalidEach } from '../validation/complaints.js';

export const strategy: Strategy<Event> = {
  schema: Event,
  validate,
  validateUpdate: (next) => validate(next),
  allowCreateOnUpdate: true,
};

function validate({ metadata, involvedObject }: Event): Causes {
  const namespace = metadata.namespace ?? '';
  const about = involvedObject.namespace ?? '';
  // As Kubernetes does: events about cluster-scoped objects live in "default".
  const fits = about === '' ? namespace === '' || namespace === 'default' : about === namespace;
  return [
    ...(fits ? [] : [invalid('involvedObject.namespace', about, 'does not match event.namespace')]),
    ...(namespace === '' ? [] : invalidEach('namespace', namespace, dns1123Subdomain(namespace))),
  ];
}
