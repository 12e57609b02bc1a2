/**
 * Rules on writing Deployments: defaults, validation of spec and status, and
 * when the generation rises, as kube-apiserver's registry has them.
 */
import { defaultPodTemplateSpec } from '../../core/defaults/podspec.js';
import { semanticEqual } from '../../core/validation/complaints.js';
import type { Strategy } from '../../kind.js';
import { Deployment, DeploymentStrategy } from '../types/deployment.js';
import type { DeploymentSpec, DeploymentStatus, RollingUpdateDeployment } from '../types/deployment.js';
import {
  forbidden,
  goStruct,
  immutable,
  intOrPercent,
  invalid,
  nonNegative,
  nonNegatives,
  notAbove,
  notDecremented,
  notMoreThan100Percent,
  notSupported,
  positiveIntOrPercent,
  required,
  type Causes,
} from '../validation/rules.js';
import { isReadable, nameWarnings, templateWarnings, validateReplicaSetTemplate, validateRequiredSelector } from '../validation/workloadtemplate.js';

const COUNTS = [
  'observedGeneration',
  'replicas',
  'updatedReplicas',
  'readyReplicas',
  'availableReplicas',
  'unavailableReplicas',
  'terminatingReplicas',
  'collisionCount',
];

export const strategy: Strategy<Deployment> = {
  schema: Deployment,
  defaults({ spec }) {
    defaultPodTemplateSpec(spec.template);
    spec.replicas ??= 1;
    spec.strategy.type ||= 'RollingUpdate';
    if (spec.strategy.type === 'RollingUpdate') {
      const rolling = (spec.strategy.rollingUpdate ??= {});
      rolling.maxUnavailable ??= '25%';
      rolling.maxSurge ??= '25%';
    }
    spec.revisionHistoryLimit ??= 10;
    spec.progressDeadlineSeconds ??= 600;
  },
  validate: ({ spec }) => validateDeploymentSpec(spec, 'spec'),
  placesMetadata: true,
  validateUpdate: (next, previous, _, metadata) => [
    ...(metadata?.changed ?? []),
    ...validateDeploymentSpec(next.spec, 'spec'),
    ...immutable('spec.selector', next.spec.selector, previous.spec.selector),
  ],
  warnings: (next, previous) => [...nameWarnings(next, previous), ...templateWarnings(next, previous, next.spec.template, 'spec.template')],
  generation: (next, previous) =>
    !semanticEqual(next.spec, previous.spec) || !semanticEqual(next.metadata.annotations ?? {}, previous.metadata.annotations ?? {}),
  subresources: {
    status: {
      prepareForUpdate(next, previous) {
        next.spec = previous.spec;
        // As Kubernetes does: a status update cannot change the labels either.
        next.metadata.labels = previous.metadata.labels;
      },
      validateUpdate: (next, previous) => [
        ...validateDeploymentStatus(next.status, 'status'),
        ...notDecremented('status.collisionCount', next.status.collisionCount, previous.status.collisionCount),
      ],
    },
  },
};

function validateDeploymentSpec(spec: DeploymentSpec, path: string): Causes {
  return [
    ...nonNegative(`${path}.replicas`, spec.replicas),
    ...validateRequiredSelector(spec.selector, `${path}.selector`, 'empty selector is invalid for deployment'),
    ...(isReadable(spec.selector)
      ? validateReplicaSetTemplate(spec.template, spec.selector, `${path}.template`)
      : [invalid(`${path}.selector`, spec.selector, 'invalid label selector')]),
    ...validateStrategy(spec.strategy, `${path}.strategy`),
    ...nonNegatives(path, spec, ['minReadySeconds', 'revisionHistoryLimit']),
    ...validateProgressDeadline(spec, path),
  ];
}

function validateStrategy(strategy: DeploymentStrategy, path: string): Causes {
  const { type, rollingUpdate } = strategy;
  if (type === 'Recreate') return rollingUpdate ? [forbidden(`${path}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")] : [];
  if (type !== 'RollingUpdate') return [notSupported(path, goStruct(strategy, DeploymentStrategy), ['Recreate', 'RollingUpdate'])];
  return rollingUpdate
    ? validateRollingUpdate(rollingUpdate, `${path}.rollingUpdate`)
    : [required(`${path}.rollingUpdate`, 'this should be defaulted and never be nil')];
}

function validateRollingUpdate({ maxUnavailable, maxSurge }: RollingUpdateDeployment, path: string): Causes {
  const bothZero = intOrPercent(maxUnavailable) === 0 && intOrPercent(maxSurge) === 0;
  return [
    ...positiveIntOrPercent(`${path}.maxUnavailable`, maxUnavailable),
    ...positiveIntOrPercent(`${path}.maxSurge`, maxSurge),
    ...(bothZero ? [invalid(`${path}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0')] : []),
    ...notMoreThan100Percent(`${path}.maxUnavailable`, maxUnavailable),
  ];
}

function validateProgressDeadline({ progressDeadlineSeconds, minReadySeconds = 0 }: DeploymentSpec, path: string): Causes {
  if (progressDeadlineSeconds === undefined) return [];
  const tooShort = progressDeadlineSeconds <= minReadySeconds;
  return [
    ...nonNegative(`${path}.progressDeadlineSeconds`, progressDeadlineSeconds),
    ...(tooShort ? [invalid(`${path}.progressDeadlineSeconds`, progressDeadlineSeconds, 'must be greater than minReadySeconds')] : []),
  ];
}

function validateDeploymentStatus(status: DeploymentStatus, path: string): Causes {
  return [
    ...nonNegatives(path, status, COUNTS),
    ...notAbove(path, status, ['updatedReplicas', 'readyReplicas', 'availableReplicas'], status.replicas ?? 0, 'cannot be greater than status.replicas'),
    ...notAbove(path, status, ['availableReplicas'], status.readyReplicas ?? 0, 'cannot be greater than readyReplicas'),
  ];
}
