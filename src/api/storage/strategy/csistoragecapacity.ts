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
  validate: validateCapacity,
  validateUpdate: (next, previous) => [
    ...validateCapacity(next),
    ...immutable('nodeTopology', next.nodeTopology, previous.nodeTopology),
    ...immutable('storageClassName', next.storageClassName, previous.storageClassName),
  ],
};

function validateCapacity({ storageClassName, nodeTopology, capacity, maximumVolumeSize }: CSIStorageCapacity): Causes {
  return [
    ...complaints('storageClassName', storageClassName, dns1123Subdomain(storageClassName)),
    ...validateLabelSelector(nodeTopology, 'nodeTopology'),
    ...notNegative('capacity', capacity),
    ...notNegative('maximumVolumeSize', maximumVolumeSize),
  ];
}

function notNegative(field: string, quantity: string | undefined): Causes {
  if (quantity === undefined || parseQuantity(quantity).milliValue() >= 0n) return [];
  return [invalid(field, quantity, 'must be greater than or equal to 0')];
}
