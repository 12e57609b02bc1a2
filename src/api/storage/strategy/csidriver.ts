/**
 * Rules on writing CSIDrivers: what pods were attached by may not change.
 */
import { deepEqual } from '../../../apimachinery/deep.js';
import { duplicate, invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import { immutable, supported } from '../../apps/validation/rules.js';
import type { Strategy } from '../../kind.js';
import { CSIDriver } from '../types/csidriver.js';
import type { CSIDriverSpec } from '../types/csidriver.js';

const TOKEN_SECONDS_MIN = 600;
const TOKEN_SECONDS_MAX = 2 ** 32;
const UPDATE_PERIOD_MIN = 10;

export const strategy: Strategy<CSIDriver> = {
  schema: CSIDriver,
  requiresResourceVersion: true,
  deleteReturnsObject: true,
  defaults({ spec }) {
    spec.attachRequired ??= true;
    spec.podInfoOnMount ??= false;
    spec.storageCapacity ??= false;
    if (!spec.volumeLifecycleModes?.length) spec.volumeLifecycleModes = ['Persistent'];
    spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
    spec.requiresRepublish ??= false;
    spec.seLinuxMount ??= false;
  },
  validate: ({ spec }) => validateSpec(spec, 'spec'),
  validateUpdate: (next, previous) => [
    ...validateSpec(next.spec, 'spec'),
    ...immutable('spec.attachedRequired', next.spec.attachRequired, previous.spec.attachRequired),
    ...immutable('spec.volumeLifecycleModes', next.spec.volumeLifecycleModes, previous.spec.volumeLifecycleModes),
  ],
  warnings: ({ spec }) =>
    (spec.tokenRequests ?? []).length > 0 && spec.serviceAccountTokenInSecrets === undefined
      ? ['spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes']
      : [],
  prepareForCreate({ metadata }) {
    delete metadata.generation;
  },
  generation: (next, previous) =>
    !deepEqual(
      [next.spec.tokenRequests, next.spec.requiresRepublish, next.spec.seLinuxMount],
      [previous.spec.tokenRequests, previous.spec.requiresRepublish, previous.spec.seLinuxMount],
    ),
};

function validateSpec(spec: CSIDriverSpec, path: string): Causes {
  const {
    tokenRequests = [],
    volumeLifecycleModes = [],
    fsGroupPolicy,
    nodeAllocatableUpdatePeriodSeconds: period,
    serviceAccountTokenInSecrets: inSecrets,
  } = spec;
  const unset = (['attachRequired', 'podInfoOnMount', 'storageCapacity'] as const).filter((name) => spec[name] === undefined);
  return [
    // As Kubernetes does: the path has another name for attachRequired.
    ...unset.map((name) => required(`${path}.${name === 'attachRequired' ? 'attachedRequired' : name}`)),
    ...(fsGroupPolicy === undefined ? [] : supported(`${path}.fsGroupPolicy`, fsGroupPolicy, ['File', 'None', 'ReadWriteOnceWithFSType'])),
    ...validateTokenRequests(tokenRequests, `${path}.tokenRequests`),
    ...volumeLifecycleModes.flatMap((mode) => supported(`${path}.volumeLifecycleModes`, mode, ['Persistent', 'Ephemeral'])),
    ...(period !== undefined && period < UPDATE_PERIOD_MIN
      ? [invalid(`${path}.nodeAllocatableUpdatePeriodSeconds`, period, `must be greater than or equal to ${UPDATE_PERIOD_MIN} seconds`)]
      : []),
    ...(inSecrets !== undefined && tokenRequests.length === 0
      ? [invalid(`${path}.serviceAccountTokenInSecrets`, inSecrets, 'serviceAccountTokenInSecrets is set but no tokenRequests are specified')]
      : []),
  ];
}

function validateTokenRequests(requests: NonNullable<CSIDriverSpec['tokenRequests']>, path: string): Causes {
  return requests.flatMap(({ audience, expirationSeconds: seconds }, index) => {
    if (requests.findIndex((other) => other.audience === audience) < index) return [duplicate(`${path}[${index}].audience`, audience)];
    if (seconds === undefined) return [];
    if (seconds < TOKEN_SECONDS_MIN) return [invalid(`${path}[${index}].expirationSeconds`, seconds, 'may not specify a duration less than 10 minutes')];
    return seconds > TOKEN_SECONDS_MAX ? [invalid(`${path}[${index}].expirationSeconds`, seconds, 'may not specify a duration larger than 2^32 seconds')] : [];
  });
}
