/** Whether a pod's own wishes and a node's taints let them meet: node selectors, required affinity, tolerations. */
import type { PodSpec } from '../api/core/types/podspec.js';
import type { NodeSelectorRequirement, Taint, Toleration } from '../api/core/types/reference.js';
import type { Node } from './kinds.js';

export function fitsAffinity({ nodeSelector = {}, affinity }: PodSpec, node: Node): boolean {
  const labels = node.metadata.labels ?? {};
  if (!Object.entries(nodeSelector).every(([name, value]) => labels[name] === value)) return false;
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (required === undefined) return true;
  return (required.nodeSelectorTerms ?? []).some(({ matchExpressions = [], matchFields = [] }) => {
    if (matchExpressions.length + matchFields.length === 0) return false; // an empty term selects nothing
    const fields = { 'metadata.name': node.metadata.name! };
    return matchExpressions.every((requirement) => meets(labels, requirement)) && matchFields.every((requirement) => meets(fields, requirement));
  });
}

function meets(labels: Readonly<Record<string, string>>, { key, operator, values = [] }: NodeSelectorRequirement): boolean {
  const value = labels[key];
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return isInteger(value) && isInteger(values[0]) && BigInt(value) > BigInt(values[0]);
    case 'Lt':
      return isInteger(value) && isInteger(values[0]) && BigInt(value) < BigInt(values[0]);
    default:
      return false;
  }
}

const isInteger = (text: string | undefined): text is string => text !== undefined && /^-?\d+$/.test(text);

export function tolerates(tolerations: readonly Toleration[], taint: Taint): boolean {
  return tolerations.some(({ key = '', operator = 'Equal', value = '', effect = '' }) => {
    if (effect !== '' && effect !== taint.effect) return false;
    if (key !== '' && key !== taint.key) return false;
    if (operator === 'Exists') return true;
    if (operator === 'Gt' || operator === 'Lt') {
      if (!isInteger(value) || !isInteger(taint.value)) return false;
      return operator === 'Gt' ? BigInt(taint.value) > BigInt(value) : BigInt(taint.value) < BigInt(value);
    }
    return key !== '' && value === (taint.value ?? '');
  });
}

export function untolerated(tolerations: readonly Toleration[], taints: readonly Taint[], effects: readonly string[]): Taint | undefined {
  return taints.find((taint) => effects.includes(taint.effect) && !tolerates(tolerations, taint));
}
