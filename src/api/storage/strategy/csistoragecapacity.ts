/**
 * Rules on writing CSIStorageCapacities: topology and class never change.
 */
import { dns1123Subdomain } from '../../../apimachinery/names.js';
import { parseQuantity } from '../../../apimachinery/quantity.js';
import { validateLabelSelector } from '../../apps/validation/labelselector.js';
import { complaints, immutable, invalid, type Causes } from '../../apps/validation/rules.js';
import type { Strategy } from '../../kind.js';
import { CSIStorageCapacity } from '../types/csistoragecapacity.js';

export const strategy: Strategy<CSIStorageCapacity> = {
  schema: CSIStorageCapacity,
  requiresResourceVersion: true,
  validate: validateCapacity,
  validateUpdate: (next, previous) => [
    ...immutable('nodeTopology', next.nodeTopology, previous.nodeTopology, next.nodeTopology ?? null),
    ...immutable('storageClassName', next.storageClassName, previous.storageClassName),
  ],
};

function validateCapacity({ storageClassName, nodeTopology, capacity }: CSIStorageCapacity): Causes {
  return [
    ...validateLabelSelector(nodeTopology, 'nodeTopology'),
    ...complaints('storageClassName', storageClassName, dns1123Subdomain(storageClassName)),
    ...(capacity === undefined || parseQuantity(capacity).sign() >= 0 ? [] : [invalid('capacity', capacity, 'must be greater than or equal to 0')]),
  ];
}
