/** Rules of replication controllers. */
import { asHeld } from '../../../apimachinery/givenempty.js';
import { forbidden, invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import type { Strategy } from '../../kind.js';
import { defaultPodTemplateSpec } from '../defaults/podspec.js';
import { ReplicationController, type ReplicationControllerSpec, type ReplicationControllerStatus } from '../types/replicationcontroller.js';
import { nonNegative, semanticEqual, supported } from '../validation/complaints.js';
import { validatePodTemplateSpec } from '../validation/podspec.js';
import { warningsForPodTemplate } from './podwarnings.js';

export const strategy: Strategy<ReplicationController> = {
  schema: ReplicationController,
  defaults,
  prepareForCreate(controller) {
    controller.metadata.generation = 1;
    controller.status = { replicas: 0 };
  },
  prepareForUpdate(next, previous) {
    next.status = structuredClone(previous.status);
    const generation = previous.metadata.generation ?? 0;
    next.metadata.generation = semanticEqual(next.spec, previous.spec) ? generation : generation + 1;
  },
  validate: ({ spec }) => validateSpec(spec),
  validateUpdate: ({ spec }, _previous, _context, { changed } = { whole: [], changed: [] }) => [...changed, ...validateSpec(spec)],
  placesMetadata: true,
  warnings: ({ spec }, previous) =>
    spec.template === undefined || semanticEqual(spec.template, previous?.spec.template) ? [] : warningsForPodTemplate(spec.template, 'spec.template'),
  defaultPropagation: 'orphan',
  subresources: {
    status: {
      prepareForUpdate(next, previous) {
        next.spec = structuredClone(previous.spec);
      },
      validateUpdate: ({ status }) => validateStatus(status),
    },
  },
};

/** Selector and labels, where they are left out, are the template's labels. */
function defaults({ metadata, spec }: ReplicationController): void {
  const labels = spec.template?.metadata?.labels;
  if (labels !== undefined && Object.keys(labels).length > 0) {
    if (Object.keys(spec.selector ?? {}).length === 0) spec.selector = { ...labels };
    if (Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = { ...labels };
  }
  spec.replicas ??= 1;
  if (spec.template !== undefined) defaultPodTemplateSpec(spec.template);
}

function validateSpec({ minReadySeconds, selector = {}, replicas, template }: ReplicationControllerSpec): Causes {
  return [
    ...nonNegative(minReadySeconds, 'spec.minReadySeconds'),
    ...(Object.keys(selector).length === 0 ? [required('spec.selector')] : []),
    ...(replicas === undefined ? [required('spec.replicas')] : nonNegative(replicas, 'spec.replicas')),
    ...(template === undefined ? [required('spec.template')] : validateTemplate(template, selector)),
  ];
}

function validateTemplate(template: NonNullable<ReplicationControllerSpec['template']>, selector: Readonly<Record<string, string>>): Causes {
  const labels = template.metadata?.labels ?? {};
  const matches = Object.entries(selector).every(([key, value]) => labels[key] === value);
  return [
    ...(matches ? [] : [invalid('spec.template.metadata.labels', asHeld(template.metadata, 'labels'), '`selector` does not match template `labels`')]),
    ...validatePodTemplateSpec(template, 'spec.template'),
    ...supported(template.spec.restartPolicy, 'spec.template.spec.restartPolicy', ['Always']),
    ...(template.spec.activeDeadlineSeconds === undefined
      ? []
      : [forbidden('spec.template.spec.activeDeadlineSeconds', 'activeDeadlineSeconds in ReplicationController is not Supported')]),
  ];
}

function validateStatus(status: ReplicationControllerStatus): Causes {
  const { replicas, readyReplicas = 0, availableReplicas = 0 } = status;
  return [
    ...nonNegative(replicas, 'status.replicas'),
    ...nonNegative(status.fullyLabeledReplicas, 'status.fullyLabeledReplicas'),
    ...nonNegative(status.readyReplicas, 'status.readyReplicas'),
    ...nonNegative(status.availableReplicas, 'status.availableReplicas'),
    ...nonNegative(status.observedGeneration, 'status.observedGeneration'),
    ...((status.fullyLabeledReplicas ?? 0) > replicas
      ? [invalid('status.fullyLabeledReplicas', status.fullyLabeledReplicas, 'cannot be greater than status.replicas')]
      : []),
    ...(readyReplicas > replicas ? [invalid('status.readyReplicas', readyReplicas, 'cannot be greater than status.replicas')] : []),
    ...(availableReplicas > replicas ? [invalid('status.availableReplicas', availableReplicas, 'cannot be greater than status.replicas')] : []),
    ...(availableReplicas > readyReplicas ? [invalid('status.availableReplicas', availableReplicas, 'cannot be greater than readyReplicas')] : []),
  ];
}
