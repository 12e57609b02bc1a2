/** Rules of namespaces: the finalizer that lets their contents go first, and the phase that follows from deletion. */
import { invalid, type Causes } from '../../../apimachinery/fielderror.js';
import { dns1123Label, qualifiedName } from '../../../apimachinery/names.js';
import type { Strategy } from '../../kind.js';
import { Namespace } from '../types/namespace.js';
import { invalidEach } from '../validation/complaints.js';

const NAME_LABEL = 'kubernetes.io/metadata.name';
const FINALIZER = 'kubernetes';

export const strategy: Strategy<Namespace> = {
  schema: Namespace,
  defaults: labelName,
  prepareForCreate(namespace) {
    labelName(namespace);
    const finalizers = namespace.spec.finalizers ?? [];
    namespace.spec.finalizers = finalizers.includes(FINALIZER) ? finalizers : [...finalizers, FINALIZER];
    namespace.status = { phase: 'Active' };
  },
  prepareForUpdate(next, previous) {
    next.spec = structuredClone(previous.spec);
    next.status = structuredClone(previous.status);
  },
  validateName: (name, { prefix }) => dns1123Label(prefix ? name.replace(/-$/, 'a') : name),
  validate: ownFinalizers,
  // As Kubernetes does: the whole namespace is looked at before the change is.
  validateUpdate: (next, _previous, _context, { whole, changed } = { whole: [], changed: [] }) => [...whole, ...ownFinalizers(next), ...changed],
  placesMetadata: true,
  generation: false,
  subresources: {
    status: {
      prepareForUpdate(next, previous) {
        next.spec = structuredClone(previous.spec);
      },
      validateUpdate: phaseFollowsDeletion,
    },
    finalize: {
      prepareForUpdate(next, previous) {
        next.status = structuredClone(previous.status);
      },
      validateUpdate: ({ spec }) => (spec.finalizers ?? []).flatMap((name, at) => finalizer(name, `spec.finalizers[${at}]`)),
    },
  },
};

/** As Kubernetes does: without the place in the list. */
function ownFinalizers({ spec }: Namespace): Causes {
  return (spec.finalizers ?? []).flatMap((name) => finalizer(name, 'spec.finalizers'));
}

function labelName({ metadata }: Namespace): void {
  if (metadata.name) metadata.labels = { ...metadata.labels, [NAME_LABEL]: metadata.name };
}

function phaseFollowsDeletion({ metadata, status }: Namespace): Causes {
  const isDeleted = metadata.deletionTimestamp !== undefined;
  if (status.phase === (isDeleted ? 'Terminating' : 'Active')) return [];
  const text = isDeleted ? "may only be 'Terminating' if `deletionTimestamp` is not empty" : "may only be 'Active' if `deletionTimestamp` is empty";
  return [invalid('status.Phase', status.phase ?? '', text)];
}

const STANDARD_FINALIZERS = [FINALIZER, 'orphan', 'foregroundDeletion'];
function finalizer(name: string, field: string): Causes {
  const causes = invalidEach(field, name, qualifiedName(name));
  if (name.includes('/') || STANDARD_FINALIZERS.includes(name)) return causes;
  return [...causes, invalid(field, name, 'name is neither a standard finalizer name nor is it fully qualified')];
}
