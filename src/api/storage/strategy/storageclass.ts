/**
 * Rules on writing StorageClasses: almost nothing may change afterwards.
 */
import { isDeepStrictEqual } from 'node:util';
import { duplicate, forbidden, required, type Causes } from '../../../apimachinery/fielderror.js';
import { qualifiedName } from '../../../apimachinery/names.js';
import { complaints, immutable, supported } from '../../apps/validation/rules.js';
import type { Strategy } from '../../kind.js';
import { StorageClass } from '../types/storageclass.js';
import { validateParameters, validateProvisioner } from './parameters.js';

type Topology = NonNullable<StorageClass['allowedTopologies']>[number];

export const strategy: Strategy<StorageClass> = {
  schema: StorageClass,
  deleteReturnsObject: true,
  defaults(storageClass) {
    storageClass.reclaimPolicy ??= 'Delete';
    storageClass.volumeBindingMode ??= 'Immediate';
  },
  validate: validateStorageClass,
  validateUpdate: (next, previous) => [
    ...(isDeepStrictEqual(next.parameters ?? {}, previous.parameters ?? {}) ? [] : [forbidden('parameters', 'updates to parameters are forbidden.')]),
    ...(next.provisioner === previous.provisioner ? [] : [forbidden('provisioner', 'updates to provisioner are forbidden.')]),
    ...(next.reclaimPolicy === previous.reclaimPolicy ? [] : [forbidden('reclaimPolicy', 'updates to reclaimPolicy are forbidden.')]),
    ...immutable('volumeBindingMode', next.volumeBindingMode, previous.volumeBindingMode),
  ],
};

function validateStorageClass(storageClass: StorageClass): Causes {
  const { provisioner, parameters, reclaimPolicy, volumeBindingMode, allowedTopologies = [] } = storageClass;
  return [
    ...validateProvisioner(provisioner, 'provisioner'),
    ...validateParameters(parameters, 'parameters'),
    ...(reclaimPolicy ? supported('reclaimPolicy', reclaimPolicy, ['Delete', 'Retain']) : []),
    ...(volumeBindingMode === undefined
      ? [required('volumeBindingMode')]
      : supported('volumeBindingMode', volumeBindingMode, ['Immediate', 'WaitForFirstConsumer'])),
    ...validateTopologies(allowedTopologies),
  ];
}

function validateTopologies(topologies: readonly Topology[]): Causes {
  return topologies.flatMap((term, index) => [
    ...validateTerm(term, `allowedTopologies[${index}]`),
    ...Array.from({ length: repetitions(topologies, index) }, () => duplicate(`allowedTopologies[${index}].matchLabelExpressions`, '')),
  ]);
}

/** As Kubernetes does: a term that says nothing repeats, beside those before it, as many empty ones as there are terms. */
function repetitions(topologies: readonly Topology[], index: number): number {
  const term = topologies[index]!;
  return topologies.slice(0, index).filter((other) => sameTerm(other, term)).length + ((term.matchLabelExpressions ?? []).length === 0 ? topologies.length : 0);
}

const keysOf = ({ matchLabelExpressions = [] }: Topology) =>
  Object.fromEntries(matchLabelExpressions.map(({ key, values }) => [key, [...(values ?? [])].sort()]));
const sameTerm = (one: Topology, other: Topology): boolean => isDeepStrictEqual(keysOf(one), keysOf(other));

function validateTerm({ matchLabelExpressions = [] }: Topology, path: string): Causes {
  return matchLabelExpressions.flatMap(({ key, values }, index) => {
    const field = `${path}.matchLabelExpressions[${index}]`;
    const list = values ?? [];
    return [
      ...(list.length === 0 ? [required(`${field}.values`)] : []),
      ...list.flatMap((value, at) => (list.indexOf(value) < at ? [duplicate(`${field}.values[${at}]`, value)] : [])),
      ...complaints(`${field}.key`, key, qualifiedName(key)),
      ...(matchLabelExpressions.findIndex((other) => other.key === key) < index ? [duplicate(`${field}.key`, key)] : []),
    ];
  });
}
