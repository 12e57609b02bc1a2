/**
 * Which nodes a pod may be on by its own wishes and theirs: node selectors,
 * required affinity, taints and tolerations. One reading for all who place
 * pods, whether they schedule them or make them for a node.
 */
import type { Labels } from '../../apimachinery/labels.js';
import type { PodSpec } from './types/podspec.js';
import type { NodeSelectorTerm, Taint, Toleration } from './types/reference.js';

export type NodeMatch = (labels: Labels, name: string) => boolean;

/** As Go's ParseInt reads it: a sign may stand before the digits. */
const isInteger = (text: string | undefined): text is string => text !== undefined && /^[-+]?\d+$/.test(text);
const integer = (text: string): bigint => BigInt(text.startsWith('+') ? text.slice(1) : text);

function meets(value: string | undefined, operator: string, values: readonly string[]): boolean {
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
      return isInteger(value) && isInteger(values[0]) && integer(value) > integer(values[0]);
    case 'Lt':
      return isInteger(value) && isInteger(values[0]) && integer(value) < integer(values[0]);
    default:
      return false;
  }
}

/** An empty term selects no node. */
export function nodeTerm({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm): NodeMatch {
  if (matchExpressions.length + matchFields.length === 0) return () => false;
  return (labels, name) =>
    matchExpressions.every(({ key, operator, values = [] }) => meets(labels[key], operator, values)) &&
    matchFields.every(({ key, operator, values = [] }) => key === 'metadata.name' && meets(name, operator, values));
}

/** nodeSelector and required node affinity together; undefined: any node does. */
export function requiredNodes({ nodeSelector, affinity }: PodSpec): NodeMatch | undefined {
  const wanted = Object.entries(nodeSelector ?? {});
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (wanted.length === 0 && required === undefined) return undefined;
  const terms = (required?.nodeSelectorTerms ?? []).map(nodeTerm);
  return (labels, name) => wanted.every(([key, value]) => labels[key] === value) && (required === undefined || terms.some((term) => term(labels, name)));
}

export function tolerates(tolerations: readonly Toleration[], taint: Taint): boolean {
  for (const toleration of tolerations) if (toleratesOne(toleration, taint)) return true;
  return false;
}

function toleratesOne({ key = '', operator = 'Equal', value = '', effect = '' }: Toleration, taint: Taint): boolean {
  if (effect !== '' && effect !== taint.effect) return false;
  if (key !== '' && key !== taint.key) return false;
  if (operator === 'Exists') return true;
  if (operator === 'Gt' || operator === 'Lt') {
    if (!isInteger(value) || !isInteger(taint.value)) return false;
    return operator === 'Gt' ? integer(taint.value) > integer(value) : integer(taint.value) < integer(value);
  }
  return value === (taint.value ?? '');
}

/** The first taint of one of these effects that is not tolerated. */
export function untolerated(tolerations: readonly Toleration[], taints: readonly Taint[], effects: readonly string[]): Taint | undefined {
  return taints.find((taint) => effects.includes(taint.effect) && !tolerates(tolerations, taint));
}
