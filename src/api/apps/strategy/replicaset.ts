/**
 * Rules on writing ReplicaSets: defaults and validation of spec and status, as
 * kube-apiserver's registry has them.
 */
import { defaultPodTemplateSpec } from '../../core/defaults/podspec.js';
import type { Strategy } from '../../kind.js';
import { ReplicaSet } from '../types/replicaset.js';
import type { ReplicaSetSpec, ReplicaSetStatus } from '../types/replicaset.js';
import { immutable, invalid, nonNegatives, notAbove, type Causes } from '../validation/rules.js';
import { isReadable, nameWarnings, templateWarnings, validateReplicaSetTemplate, validateRequiredSelector } from '../validation/workloadtemplate.js';

const COUNTS = ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration', 'terminatingReplicas'];

export const strategy: Strategy<ReplicaSet> = {
  schema: ReplicaSet,
  defaults({ spec }) {
    defaultPodTemplateSpec(spec.template);
    spec.replicas ??= 1;
  },
  validate: ({ spec }) => validateReplicaSetSpec(spec, 'spec'),
  placesMetadata: true,
  validateUpdate: (next, previous, _, metadata) => [
    ...(metadata?.changed ?? []),
    ...validateReplicaSetSpec(next.spec, 'spec'),
    ...immutable('spec.selector', next.spec.selector, previous.spec.selector),
  ],
  warnings: (next, previous) => [...nameWarnings(next, previous), ...templateWarnings(next, previous, next.spec.template, 'spec.template')],
  subresources: {
    status: {
      prepareForUpdate(next, previous) {
        next.spec = previous.spec;
      },
      validateUpdate: ({ status }) => validateReplicaSetStatus(status, 'status'),
    },
  },
};

function validateReplicaSetSpec(spec: ReplicaSetSpec, path: string): Causes {
  return [
    ...nonNegatives(path, spec, ['replicas', 'minReadySeconds']),
    // As Kubernetes does: the message speaks of a deployment here too.
    ...validateRequiredSelector(spec.selector, `${path}.selector`, 'empty selector is invalid for deployment'),
    ...(isReadable(spec.selector)
      ? validateReplicaSetTemplate(spec.template, spec.selector, `${path}.template`)
      : [invalid(`${path}.selector`, spec.selector, 'invalid label selector')]),
  ];
}

function validateReplicaSetStatus(status: ReplicaSetStatus, path: string): Causes {
  return [
    ...nonNegatives(path, status, COUNTS),
    ...notAbove(path, status, ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'], status.replicas, 'cannot be greater than status.replicas'),
    ...notAbove(path, status, ['availableReplicas'], status.readyReplicas ?? 0, 'cannot be greater than readyReplicas'),
  ];
}
