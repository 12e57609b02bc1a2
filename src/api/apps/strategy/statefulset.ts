/**
 * Rules on writing StatefulSets: defaults, validation of spec and status, and
 * which few fields of the spec may change.
 */
import { dns1123Label, dns1123Subdomain } from '../../../apimachinery/names.js';
import { defaultPersistentVolumeClaim } from '../../core/defaults/persistentvolumeclaim.js';
import { defaultPodTemplateSpec } from '../../core/defaults/podspec.js';
import { semanticEqual } from '../../core/validation/complaints.js';
import { validateClaimSpec } from '../../core/validation/persistentvolumeclaim.js';
import { validatePodTemplateSpec } from '../../core/validation/podspec.js';
import { claimWarnings } from '../../core/strategy/podwarnings.js';
import type { Strategy } from '../../kind.js';
import type { PodTemplateSpec } from '../../core/types/podspec.js';
import { RollingUpdateStatefulSetStrategy, StatefulSet, StatefulSetUpdateStrategy } from '../types/statefulset.js';
import type { StatefulSetPersistentVolumeClaimRetentionPolicy, StatefulSetSpec, StatefulSetStatus } from '../types/statefulset.js';
import {
  complaints,
  forbidden,
  goStruct,
  intOrPercent,
  invalid,
  nonNegative,
  nonNegatives,
  notAbove,
  notDecremented,
  notMoreThan100Percent,
  positiveIntOrPercent,
  required,
  supported,
  type Causes,
} from '../validation/rules.js';
import { isReadable, templateWarnings, validateNoDeadline, validateRequiredSelector, validateTemplateLabels } from '../validation/workloadtemplate.js';

const MAY_CHANGE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
] as const;
const NAME_MAX = 63;
const NEGATIVE_LIMIT = 'spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended';
const FIXED_MESSAGE =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

export const strategy: Strategy<StatefulSet> = {
  schema: StatefulSet,
  validateName,
  defaults({ spec }) {
    defaultPodTemplateSpec(spec.template);
    for (const claim of spec.volumeClaimTemplates ?? []) {
      Object.assign(claim, { kind: 'PersistentVolumeClaim', apiVersion: 'v1' });
      defaultPersistentVolumeClaim(claim);
    }
    spec.podManagementPolicy ||= 'OrderedReady';
    const { updateStrategy } = spec;
    // As Kubernetes does: a type that was named gets no parameters of its own.
    if (!updateStrategy.type) Object.assign(updateStrategy, { type: 'RollingUpdate', rollingUpdate: updateStrategy.rollingUpdate ?? {} });
    if (updateStrategy.type === 'RollingUpdate' && updateStrategy.rollingUpdate) updateStrategy.rollingUpdate.partition ??= 0;
    const retention = (spec.persistentVolumeClaimRetentionPolicy ??= {});
    retention.whenDeleted ||= 'Retain';
    retention.whenScaled ||= 'Retain';
    spec.replicas ??= 1;
    spec.revisionHistoryLimit ??= 10;
  },
  prepareForCreate: ({ spec }) => dropMaxUnavailable(spec),
  prepareForUpdate: (next, previous) => dropMaxUnavailable(next.spec, previous.spec),
  validate: ({ spec }) => validateStatefulSetSpec(spec, 'spec', { created: true }),
  placesMetadata: true,
  validateUpdate: (next, previous, _, metadata) => [
    ...(metadata?.changed ?? []),
    ...validateStatefulSetSpec(next.spec, 'spec', { created: false }),
    ...validateFixed(next.spec, previous.spec),
  ],
  // As Kubernetes does: what a claim is called differs between the two.
  warnings: (next, previous) => [
    ...templateWarnings(next, previous, next.spec.template, 'spec.template'),
    ...(next.spec.volumeClaimTemplates ?? []).flatMap((claim, index) =>
      claimWarnings(claim.spec, `spec.volumeClaimTemplates[${index}]${previous ? '.Spec' : ''}`),
    ),
    ...((next.spec.revisionHistoryLimit ?? 0) < 0 ? [NEGATIVE_LIMIT] : []),
  ],
  subresources: {
    status: {
      prepareForUpdate(next, previous) {
        next.spec = previous.spec;
      },
      placesMetadata: true,
      validateUpdate: (next, previous, _, metadata) => [
        ...validateStatefulSetStatus(next.status, 'status'),
        ...(metadata?.changed ?? []),
        ...notDecremented('status.collisionCount', next.status.collisionCount, previous.status.collisionCount),
      ],
    },
  },
};

/** A batch of pods at once is behind a feature that is off: what was stored with it keeps it. */
function dropMaxUnavailable({ updateStrategy: { rollingUpdate } }: StatefulSetSpec, previous?: StatefulSetSpec): void {
  if (rollingUpdate && previous?.updateStrategy.rollingUpdate?.maxUnavailable === undefined) delete rollingUpdate.maxUnavailable;
}

/** Pods and their host names are called after the set. */
function validateName(name: string, { prefix }: { prefix: boolean }): readonly string[] {
  if (!prefix && name.length > NAME_MAX) return [`must be no more than ${NAME_MAX} characters`];
  return dns1123Subdomain(prefix ? name.replace(/-$/, 'a') : name);
}

/** Claims and the Service's name never change: once stored they are not looked at again. */
function validateStatefulSetSpec(spec: StatefulSetSpec, path: string, { created }: { created: boolean }): Causes {
  const { serviceName, volumeClaimTemplates = [] } = created ? spec : { serviceName: '' };
  return [
    ...validateManagementPolicy(spec.podManagementPolicy, `${path}.podManagementPolicy`),
    ...validateUpdateStrategy(spec.updateStrategy, `${path}.updateStrategy`),
    ...validateRetention(spec.persistentVolumeClaimRetentionPolicy, `${path}.persistentVolumeClaimRetentionPolicy`),
    ...volumeClaimTemplates.flatMap((claim, index) => validateClaimSpec(claim.spec, `${path}.volumeClaimTemplates[${index}].spec`)),
    ...nonNegatives(path, spec, ['replicas', 'minReadySeconds']),
    ...nonNegative(`${path}.ordinals.start`, spec.ordinals?.start),
    ...(serviceName === '' ? [] : complaints(`${path}.serviceName`, serviceName, dns1123Label(serviceName))),
    ...validateRequiredSelector(spec.selector, `${path}.selector`, 'empty selector is invalid for statefulset'),
    ...(isReadable(spec.selector) ? validateTemplate(spec, path) : [invalid(`${path}.selector`, spec.selector)]),
    ...supported(`${path}.template.spec.restartPolicy`, spec.template.spec.restartPolicy, ['Always']),
    ...validateNoDeadline(spec.template.spec.activeDeadlineSeconds, `${path}.template`, 'activeDeadlineSeconds in StatefulSet is not Supported'),
  ];
}

function validateManagementPolicy(policy: string | undefined, path: string): Causes {
  if (!policy) return [required(path)];
  return ['OrderedReady', 'Parallel'].includes(policy) ? [] : [invalid(path, policy, "must be 'OrderedReady' or 'Parallel'")];
}

function validateUpdateStrategy(update: StatefulSetUpdateStrategy, path: string): Causes {
  const { type, rollingUpdate } = update;
  if (!type) return [required(path)];
  if (type !== 'OnDelete' && type !== 'RollingUpdate')
    return [invalid(path, goStruct(update, StatefulSetUpdateStrategy), "must be 'RollingUpdate' or 'OnDelete'")];
  if (!rollingUpdate) return [];
  if (type === 'OnDelete')
    return [invalid(`${path}.rollingUpdate`, goStruct(rollingUpdate, RollingUpdateStatefulSetStrategy), "only allowed for updateStrategy 'RollingUpdate'")];
  return validateRollingUpdate(rollingUpdate, `${path}.rollingUpdate`);
}

function validateRollingUpdate({ partition, maxUnavailable }: RollingUpdateStatefulSetStrategy, path: string): Causes {
  const zero = maxUnavailable !== undefined && intOrPercent(maxUnavailable) === 0;
  return [
    ...nonNegative(`${path}.partition`, partition),
    ...positiveIntOrPercent(`${path}.maxUnavailable`, maxUnavailable),
    ...(zero ? [invalid(`${path}.maxUnavailable`, maxUnavailable, 'cannot be 0')] : []),
    ...notMoreThan100Percent(`${path}.maxUnavailable`, maxUnavailable),
  ];
}

function validateRetention(policy: StatefulSetPersistentVolumeClaimRetentionPolicy | undefined, path: string): Causes {
  if (!policy) return [];
  return [
    ...supported(`${path}.whenDeleted`, policy.whenDeleted, ['Retain', 'Delete']),
    ...supported(`${path}.whenScaled`, policy.whenScaled, ['Retain', 'Delete']),
  ];
}

function validateTemplate(spec: StatefulSetSpec, path: string): Causes {
  return [...validateTemplateLabels(spec.template, spec.selector, `${path}.template`), ...validatePodTemplateSpec(withClaimVolumes(spec), `${path}.template`)];
}

/** As Kubernetes does: the template is judged with a volume for each claim, in front, where the controller will put them. */
function withClaimVolumes({ template, volumeClaimTemplates = [] }: StatefulSetSpec): PodTemplateSpec {
  if (volumeClaimTemplates.length === 0) return template;
  const names = volumeClaimTemplates.map(({ metadata }) => metadata.name ?? '');
  const claimed = names.map((name) => ({ name, persistentVolumeClaim: { claimName: name } }));
  const own = (template.spec.volumes ?? []).filter(({ name }) => !names.includes(name));
  return { ...template, spec: { ...template.spec, volumes: [...claimed, ...own] } };
}

function validateFixed(next: StatefulSetSpec, previous: StatefulSetSpec): Causes {
  const fixed = (spec: StatefulSetSpec) => ({ ...spec, ...Object.fromEntries(MAY_CHANGE.map((field) => [field, undefined])) });
  return semanticEqual(fixed(next), fixed(previous)) ? [] : [forbidden('spec', FIXED_MESSAGE)];
}

function validateStatefulSetStatus(status: StatefulSetStatus, path: string): Causes {
  const counts = ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'];
  return [
    ...nonNegatives(path, status, ['replicas', ...counts, 'observedGeneration', 'collisionCount']),
    ...notAbove(path, status, counts, status.replicas, 'cannot be greater than status.replicas'),
    ...notAbove(path, status, ['availableReplicas'], status.readyReplicas ?? 0, 'cannot be greater than status.readyReplicas'),
  ];
}
