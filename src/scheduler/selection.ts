/** Node selectors, tolerations and pod affinity terms, read once into what can be asked quickly. */
import type { NodeSelectorTerm, Taint, Toleration } from '../api/core/types/reference.js';
import type { PodAffinityTerm, PodSpec } from '../api/core/types/podspec.js';
import { selectorFromSet, selectorOf, type Labels, type Selector } from '../apimachinery/labels.js';
import type { LabelSelector } from '../apimachinery/meta/meta.js';

export type NodeMatch = (labels: Labels, name: string) => boolean;

const NO_LABELS: Labels = {};
const isInteger = (text: string | undefined): text is string => text !== undefined && /^[-+]?\d+$/.test(text);

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
      return isInteger(value) && isInteger(values[0]) && BigInt(value) > BigInt(values[0]);
    case 'Lt':
      return isInteger(value) && isInteger(values[0]) && BigInt(value) < BigInt(values[0]);
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
    return operator === 'Gt' ? BigInt(taint.value) > BigInt(value) : BigInt(taint.value) < BigInt(value);
  }
  return value === (taint.value ?? '');
}

/** Who a term of pod affinity speaks of. */
export interface AffinityTerm {
  readonly topologyKey: string;
  readonly namespaces: ReadonlySet<string>;
  readonly namespaceSelector: Selector;
  readonly selector: Selector;
  readonly weight: number;
}

export function affinityTerm(namespace: string, labels: Labels, term: PodAffinityTerm, weight = 0): AffinityTerm {
  const { topologyKey, namespaces = [], namespaceSelector } = term;
  const isOwn = namespaces.length === 0 && namespaceSelector === undefined;
  return {
    topologyKey,
    namespaces: new Set(isOwn ? [namespace] : namespaces),
    namespaceSelector: selectorOf(namespaceSelector),
    selector: withKeys(term.labelSelector, labels, term),
    weight,
  };
}

/** A selector narrowed by the pod's own values of some labels; the API server usually has done it already. */
export function withKeys(selector: LabelSelector | undefined, labels: Labels, { matchLabelKeys = [], mismatchLabelKeys = [] }: { matchLabelKeys?: string[] | undefined; mismatchLabelKeys?: string[] | undefined }): Selector {
  const added = [
    ...matchLabelKeys.filter((key) => labels[key] !== undefined).map((key) => ({ key, operator: 'In', values: [labels[key]!] })),
    ...mismatchLabelKeys.filter((key) => labels[key] !== undefined).map((key) => ({ key, operator: 'NotIn', values: [labels[key]!] })),
  ];
  if (selector === undefined || added.length === 0) return selectorOf(selector);
  return selectorOf({ ...selector, matchExpressions: [...(selector.matchExpressions ?? []), ...added] } as LabelSelector);
}

export function termMatches(term: AffinityTerm, pod: { namespace: string; labels: Labels }, namespaceLabels: Labels | undefined): boolean {
  if (!term.namespaces.has(pod.namespace) && !term.namespaceSelector.matches(namespaceLabels ?? NO_LABELS)) return false;
  return term.selector.matches(pod.labels);
}

export { selectorFromSet };
