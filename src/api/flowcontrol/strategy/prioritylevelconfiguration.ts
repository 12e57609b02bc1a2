/**
 * Rules on writing PriorityLevelConfigurations: Exempt is for "exempt" alone,
 * Limited says what waits and how long the queues are.
 */
import { forbidden, invalid, notSupported, required, type Causes } from '../../../apimachinery/fielderror.js';
import { keepMetadata } from '../../apps/strategy/statusmetadata.js';
import type { Strategy } from '../../kind.js';
import { PriorityLevelConfiguration } from '../types/prioritylevelconfiguration.js';
import { validateFixedLevel, validateFlowConditions } from './mandatory.js';
import type {
  ExemptPriorityLevelConfiguration,
  LimitedPriorityLevelConfiguration,
  LimitResponse,
  PriorityLevelConfigurationSpec,
  QueuingConfiguration,
} from '../types/prioritylevelconfiguration.js';

const QUEUES_MAX = 10_000_000;
const ENTROPY_BITS_MAX = 60;

export const strategy: Strategy<PriorityLevelConfiguration> = {
  schema: PriorityLevelConfiguration,
  defaults({ spec }) {
    if (spec.exempt) {
      spec.exempt.nominalConcurrencyShares ??= 0;
      spec.exempt.lendablePercent ??= 0;
    }
    if (!spec.limited) return;
    spec.limited.nominalConcurrencyShares ??= 30;
    spec.limited.lendablePercent ??= 0;
    const queuing = spec.limited.limitResponse.queuing;
    if (!queuing) return;
    queuing.handSize ||= 8;
    queuing.queues ||= 64;
    queuing.queueLengthLimit ||= 50;
  },
  validate: validateLevel,
  validateUpdate: validateLevel,
  subresources: {
    status: {
      prepareForUpdate(next, previous) {
        next.spec = previous.spec;
        keepMetadata(next, previous);
      },
      validateUpdate: ({ status }) => validateFlowConditions(status?.conditions),
    },
  },
};

function validateLevel({ metadata: { name = '' }, spec, status }: PriorityLevelConfiguration): Causes {
  return [...validateSpec(spec, name, 'spec'), ...validateFixedLevel(spec, name, 'spec'), ...validateFlowConditions(status?.conditions)];
}

function validateSpec({ type, limited, exempt }: PriorityLevelConfigurationSpec, name: string, path: string): Causes {
  const wrongType: Causes =
    (name === 'exempt') !== (type === 'Exempt') ? [invalid(`${path}.type`, type, "type must be 'Exempt' if and only if `name` is 'exempt'")] : [];
  if (type === 'Exempt')
    return [
      ...wrongType,
      ...(limited ? [forbidden(`${path}.limited`, 'must be nil if the type is not Limited')] : []),
      ...(exempt ? validateExempt(exempt, `${path}.exempt`) : []),
    ];
  if (type === 'Limited') {
    const misplaced: Causes = exempt ? [forbidden(`${path}.exempt`, 'must be nil if the type is Limited')] : [];
    return [
      ...wrongType,
      ...misplaced,
      ...(limited ? validateLimited(limited, `${path}.limited`) : [required(`${path}.limited`, 'must not be empty when type is Limited')]),
    ];
  }
  return [...wrongType, type === '' ? required(`${path}.type`) : notSupported(`${path}.type`, type, ['Exempt', 'Limited'])];
}

function validateExempt({ nominalConcurrencyShares: shares, lendablePercent }: ExemptPriorityLevelConfiguration, path: string): Causes {
  return [
    ...(shares !== undefined && shares < 0 ? [invalid(`${path}.nominalConcurrencyShares`, shares, 'must be a non-negative integer')] : []),
    ...validatePercent(lendablePercent, path),
  ];
}

function validatePercent(percent: number | undefined, path: string): Causes {
  return percent !== undefined && (percent < 0 || percent > 100) ? [invalid(`${path}.lendablePercent`, percent, 'must be between 0 and 100, inclusive')] : [];
}

function validateLimited(
  { nominalConcurrencyShares: shares, limitResponse, lendablePercent, borrowingLimitPercent }: LimitedPriorityLevelConfiguration,
  path: string,
): Causes {
  return [
    ...(shares !== undefined && shares < 0 ? [invalid(`${path}.nominalConcurrencyShares`, shares, 'must be a non-negative integer')] : []),
    ...validateLimitResponse(limitResponse, `${path}.limitResponse`),
    ...validatePercent(lendablePercent, path),
    ...(borrowingLimitPercent !== undefined && borrowingLimitPercent < 0
      ? [invalid(`${path}.borrowingLimitPercent`, borrowingLimitPercent, 'if specified, must be a non-negative integer')]
      : []),
  ];
}

function validateLimitResponse({ type, queuing }: LimitResponse, path: string): Causes {
  if (type === 'Reject') return queuing ? [forbidden(`${path}.queuing`, 'must be nil if limited.limitResponse.type is not Limited')] : [];
  if (type === 'Queue')
    return queuing ? validateQueuing(queuing, `${path}.queuing`) : [required(`${path}.queuing`, 'must not be empty if limited.limitResponse.type is Limited')];
  return type === '' ? [required(`${path}.type`)] : [notSupported(`${path}.type`, type, ['Queue', 'Reject'])];
}

function validateQueuing({ queueLengthLimit, queues, handSize }: QueuingConfiguration, path: string): Causes {
  return [
    ...(queueLengthLimit <= 0 ? [invalid(`${path}.queueLengthLimit`, queueLengthLimit, 'must be positive')] : []),
    ...(queues <= 0 ? [invalid(`${path}.queues`, queues, 'must be positive')] : []),
    ...(queues > QUEUES_MAX ? [invalid(`${path}.queues`, queues, `must not be greater than ${QUEUES_MAX}`)] : []),
    ...validateHandSize(handSize, queues, `${path}.handSize`),
  ];
}

function validateHandSize(handSize: number, queues: number, path: string): Causes {
  if (handSize <= 0) return [invalid(path, handSize, 'must be positive')];
  if (handSize > queues) return [invalid(path, handSize, `should not be greater than queues (${queues})`)];
  const bits = Array.from({ length: handSize }, (_, index) => Math.log2(queues - index)).reduce((sum, part) => sum + part, 0);
  if (Math.ceil(bits) <= ENTROPY_BITS_MAX) return [];
  return [invalid(path, handSize, `required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than ${ENTROPY_BITS_MAX}`)];
}
