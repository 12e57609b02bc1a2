/** Structs of flowcontrol/v1: PriorityLevelConfiguration, PriorityLevelConfigurationStatus, PriorityLevelConfigurationCondition, PriorityLevelConfigurationSpec, ExemptPriorityLevelConfiguration, LimitedPriorityLevelConfiguration, …. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { int32, list, str, struct, sub, time, typeMeta } from '../../../apimachinery/schema.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const QueuingConfiguration = struct('flowcontrol/v1.QueuingConfiguration', {
  queues: int32('Queues int32', 1, { required: false }),
  handSize: int32('HandSize int32', 2, { required: false }),
  queueLengthLimit: int32('QueueLengthLimit int32', 3, { required: false }),
});
export type QueuingConfiguration = z.output<typeof QueuingConfiguration>;

export const LimitResponse = struct(
  'flowcontrol/v1.LimitResponse',
  {
    type: str('Type v1.LimitResponseType=string', 1),
    queuing: sub(QueuingConfiguration, 'Queuing *flowcontrol/v1.QueuingConfiguration', 2).optional(),
  },
  { openapi: { 'x-kubernetes-unions': [{ discriminator: 'type', 'fields-to-discriminateBy': { queuing: 'Queuing' } }] } },
);
export type LimitResponse = z.output<typeof LimitResponse>;

export const LimitedPriorityLevelConfiguration = struct('flowcontrol/v1.LimitedPriorityLevelConfiguration', {
  nominalConcurrencyShares: int32('NominalConcurrencyShares *int32', 1, { required: false, omitempty: false }).optional(),
  limitResponse: sub(LimitResponse, 'LimitResponse flowcontrol/v1.LimitResponse', 2, { omitempty: true }),
  lendablePercent: int32('LendablePercent *int32', 3).optional(),
  borrowingLimitPercent: int32('BorrowingLimitPercent *int32', 4).optional(),
});
export type LimitedPriorityLevelConfiguration = z.output<typeof LimitedPriorityLevelConfiguration>;

export const ExemptPriorityLevelConfiguration = struct('flowcontrol/v1.ExemptPriorityLevelConfiguration', {
  nominalConcurrencyShares: int32('NominalConcurrencyShares *int32', 1).optional(),
  lendablePercent: int32('LendablePercent *int32', 2).optional(),
});
export type ExemptPriorityLevelConfiguration = z.output<typeof ExemptPriorityLevelConfiguration>;

export const PriorityLevelConfigurationSpec = struct(
  'flowcontrol/v1.PriorityLevelConfigurationSpec',
  {
    type: str('Type v1.PriorityLevelEnablement=string', 1),
    limited: sub(LimitedPriorityLevelConfiguration, 'Limited *flowcontrol/v1.LimitedPriorityLevelConfiguration', 2).optional(),
    exempt: sub(ExemptPriorityLevelConfiguration, 'Exempt *flowcontrol/v1.ExemptPriorityLevelConfiguration', 3).optional(),
  },
  { openapi: { 'x-kubernetes-unions': [{ discriminator: 'type', 'fields-to-discriminateBy': { exempt: 'Exempt', limited: 'Limited' } }] } },
);
export type PriorityLevelConfigurationSpec = z.output<typeof PriorityLevelConfigurationSpec>;

export const PriorityLevelConfigurationCondition = struct('flowcontrol/v1.PriorityLevelConfigurationCondition', {
  type: str('Type v1.PriorityLevelConfigurationConditionType=string', 1).optional(),
  status: str('Status v1.ConditionStatus=string', 2).optional(),
  lastTransitionTime: time('LastTransitionTime apis/meta/v1.Time', 3).optional(),
  reason: str('Reason string', 4).optional(),
  message: str('Message string', 5).optional(),
});
export type PriorityLevelConfigurationCondition = z.output<typeof PriorityLevelConfigurationCondition>;

export const PriorityLevelConfigurationStatus = struct('flowcontrol/v1.PriorityLevelConfigurationStatus', {
  conditions: list(PriorityLevelConfigurationCondition, 'Conditions []flowcontrol/v1.PriorityLevelConfigurationCondition', 1, {
    patch: 'merge',
    key: 'type',
    listType: 'map',
    mapKeys: ['type'],
  }).optional(),
});
export type PriorityLevelConfigurationStatus = z.output<typeof PriorityLevelConfigurationStatus>;

export const PriorityLevelConfiguration = struct('flowcontrol/v1.PriorityLevelConfiguration', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(PriorityLevelConfigurationSpec, 'Spec flowcontrol/v1.PriorityLevelConfigurationSpec', 2, { omitempty: true }),
  status: sub(PriorityLevelConfigurationStatus, 'Status flowcontrol/v1.PriorityLevelConfigurationStatus', 3, { omitempty: true }),
});
export type PriorityLevelConfiguration = z.output<typeof PriorityLevelConfiguration>;
