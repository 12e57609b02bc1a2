/** Rules of node and pod affinity, and of topology spread constraints. */
import { duplicate, forbidden, invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import { dns1123Label } from '../../../apimachinery/names.js';
import type { LabelSelector } from '../../../apimachinery/meta/meta.js';
import type { Affinity, PodAffinity, PodAffinityTerm, TopologySpreadConstraint } from '../types/podspec.js';
import { invalidEach, NOT_POSITIVE, qualified, supported } from './complaints.js';
import { validateLabelSelector, validateNodeSelector, validateNodeSelectorTerm } from './labelselector.js';

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

export function validateAffinity({ nodeAffinity, podAffinity, podAntiAffinity }: Affinity = {}, field: string): Causes {
  return [
    ...(nodeAffinity?.[REQUIRED] === undefined ? [] : validateNodeSelector(nodeAffinity[REQUIRED], `${field}.nodeAffinity.${REQUIRED}`)),
    ...(nodeAffinity?.[PREFERRED] ?? []).flatMap(({ weight, preference }, at) => {
      const path = `${field}.nodeAffinity.${PREFERRED}[${at}]`;
      // As Kubernetes does: a preference with values that are no label values is merely never met.
      return [...validateWeight(weight, path), ...validateNodeSelectorTerm(preference, `${path}.preference`, { allowInvalidValues: true })];
    }),
    ...podTerms(podAffinity, `${field}.podAffinity`),
    ...podTerms(podAntiAffinity, `${field}.podAntiAffinity`),
  ];
}

function validateWeight(weight: number, field: string): Causes {
  return weight <= 0 || weight > 100 ? [invalid(`${field}.weight`, weight, 'must be in the range 1-100')] : [];
}

function podTerms(affinity: PodAffinity | undefined, field: string): Causes {
  return [
    ...(affinity?.[REQUIRED] ?? []).flatMap((term, at) => podTerm(term, `${field}.${REQUIRED}[${at}]`)),
    ...(affinity?.[PREFERRED] ?? []).flatMap(({ weight, podAffinityTerm }, at) => {
      const path = `${field}.${PREFERRED}[${at}]`;
      return [...validateWeight(weight, path), ...podTerm(podAffinityTerm, `${path}.podAffinityTerm`)];
    }),
  ];
}

function podTerm(term: PodAffinityTerm, field: string): Causes {
  const { topologyKey } = term;
  return [
    ...validateLabelSelector(term.labelSelector, `${field}.labelSelector`),
    ...validateLabelSelector(term.namespaceSelector, `${field}.namespaceSelector`),
    ...(term.namespaces ?? []).flatMap((name) => invalidEach(`${field}.namespace`, name, dns1123Label(name))),
    ...selectedKeys(term, field),
    ...(topologyKey === '' ? [required(`${field}.topologyKey`, 'can not be empty')] : []),
    ...qualified(topologyKey, `${field}.topologyKey`),
  ];
}

interface Keyed {
  labelSelector?: LabelSelector | undefined;
  matchLabelKeys?: readonly string[] | undefined;
  mismatchLabelKeys?: readonly string[] | undefined;
}

/** By now the selector holds what matchLabelKeys stand for: a key that is there a second time was selected by hand too. */
function selectedKeys({ labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] }: Keyed, field: string): Causes {
  const causes = [
    ...labelKeys(matchLabelKeys, `${field}.matchLabelKeys`, labelSelector),
    ...labelKeys(mismatchLabelKeys, `${field}.mismatchLabelKeys`, labelSelector),
  ];
  const seen = new Set(Object.keys(labelSelector?.matchLabels ?? {}));
  for (const { key } of labelSelector?.matchExpressions ?? []) {
    const at = matchLabelKeys.lastIndexOf(key);
    if (at >= 0 && seen.has(key)) causes.push(invalid(`${field}[${at}]`, key, 'exists in both matchLabelKeys and labelSelector'));
    seen.add(key);
  }
  matchLabelKeys.forEach((key, at) => {
    if (mismatchLabelKeys.includes(key)) causes.push(invalid(`${field}.matchLabelKeys[${at}]`, key, 'exists in both matchLabelKeys and mismatchLabelKeys'));
  });
  return causes;
}

function labelKeys(keys: readonly string[], field: string, selector: LabelSelector | undefined): Causes {
  if (keys.length === 0) return [];
  if (selector === undefined) return [forbidden(field, 'must not be specified when labelSelector is not set')];
  return keys.flatMap((key, at) => qualified(key, `${field}[${at}]`));
}

export function validateTopologySpread(constraints: readonly TopologySpreadConstraint[] | undefined, field: string): Causes {
  const all = constraints ?? [];
  return all.flatMap((constraint, at) => {
    const path = `${field}[${at}]`;
    const { maxSkew, topologyKey, whenUnsatisfiable, minDomains } = constraint;
    const repeated = all.slice(at + 1).some((other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable);
    return [
      ...(maxSkew <= 0 ? [invalid(`${path}.maxSkew`, maxSkew, NOT_POSITIVE)] : []),
      ...(topologyKey === '' ? [required(`${path}.topologyKey`, 'can not be empty')] : []),
      ...supported(whenUnsatisfiable, `${path}.whenUnsatisfiable`, ['DoNotSchedule', 'ScheduleAnyway']),
      ...(repeated ? [duplicate(`${path}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${whenUnsatisfiable}}`)] : []),
      ...(minDomains === undefined ? [] : domains(minDomains, whenUnsatisfiable, `${path}.minDomains`)),
      ...supported(constraint.nodeAffinityPolicy, `${path}.nodeAffinityPolicy`, ['Honor', 'Ignore']),
      ...supported(constraint.nodeTaintsPolicy, `${path}.nodeTaintsPolicy`, ['Honor', 'Ignore']),
      ...selectedKeys({ labelSelector: constraint.labelSelector, matchLabelKeys: constraint.matchLabelKeys }, path),
      ...validateLabelSelector(constraint.labelSelector, `${path}.labelSelector`),
    ];
  });
}

function domains(minDomains: number, whenUnsatisfiable: string, field: string): Causes {
  return [
    ...(minDomains <= 0 ? [invalid(field, minDomains, NOT_POSITIVE)] : []),
    ...(whenUnsatisfiable === 'DoNotSchedule'
      ? []
      : [invalid(field, minDomains, `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`)]),
  ];
}
