/** Rules of metav1.LabelSelector and of node selectors. */
import { forbidden, invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import { dns1123Subdomain, labelValue, validateLabels } from '../../../apimachinery/names.js';
import type { LabelSelector, LabelSelectorRequirement } from '../../../apimachinery/meta/meta.js';
import type { NodeSelector, NodeSelectorRequirement, NodeSelectorTerm } from '../types/reference.js';
import { invalidEach, qualified } from './complaints.js';

interface SelectorOptions {
  /** Values that are no label values were accepted once: objects that have them may keep them. */
  allowInvalidValues?: boolean;
}

export function validateLabelSelector(selector: LabelSelector | undefined, field: string, options: SelectorOptions = {}): Causes {
  if (selector === undefined) return [];
  return [
    ...validateLabels(selector.matchLabels, `${field}.matchLabels`),
    ...(selector.matchExpressions ?? []).flatMap((requirement, at) => labelRequirement(requirement, `${field}.matchExpressions[${at}]`, options)),
  ];
}

function labelRequirement({ key, operator, values }: LabelSelectorRequirement, field: string, { allowInvalidValues }: SelectorOptions): Causes {
  return [
    ...operatorAndValues(operator, values ?? [], field),
    ...qualified(key, `${field}.key`),
    ...(allowInvalidValues === true ? [] : (values ?? []).flatMap((value, at) => invalidEach(`${field}.values[${at}]`, value, labelValue(value)))),
  ];
}

function operatorAndValues(operator: string, values: readonly string[], field: string): Causes {
  switch (operator) {
    case 'In':
    case 'NotIn':
      return values.length === 0 ? [required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'")] : [];
    case 'Exists':
    case 'DoesNotExist':
      return values.length > 0 ? [forbidden(`${field}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")] : [];
    default:
      return [invalid(`${field}.operator`, operator, 'not a valid selector operator')];
  }
}

export function validateNodeSelector({ nodeSelectorTerms }: NodeSelector, field: string, options: SelectorOptions = {}): Causes {
  const path = `${field}.nodeSelectorTerms`;
  if ((nodeSelectorTerms ?? []).length === 0) return [required(path, 'must have at least one node selector term')];
  return nodeSelectorTerms.flatMap((term, at) => validateNodeSelectorTerm(term, `${path}[${at}]`, options));
}

export function validateNodeSelectorTerm({ matchExpressions, matchFields }: NodeSelectorTerm, field: string, options: SelectorOptions = {}): Causes {
  return [
    ...(matchExpressions ?? []).flatMap((requirement, at) => nodeRequirement(requirement, `${field}.matchExpressions[${at}]`, options)),
    ...(matchFields ?? []).flatMap((requirement, at) => nodeFieldRequirement(requirement, `${field}.matchFields[${at}]`)),
  ];
}

function nodeRequirement({ key, operator, values = [] }: NodeSelectorRequirement, field: string, { allowInvalidValues }: SelectorOptions): Causes {
  const single = operator === 'Gt' || operator === 'Lt';
  return [
    ...(single
      ? values.length === 1
        ? []
        : [required(`${field}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'")]
      : operatorAndValues(operator, values, field)),
    ...qualified(key, `${field}.key`),
    ...(allowInvalidValues === true ? [] : values.flatMap((value, at) => invalidEach(`${field}.values[${at}]`, value, labelValue(value)))),
  ];
}

/** metadata.name is the only field of a node that can be matched. */
function nodeFieldRequirement({ key, operator, values = [] }: NodeSelectorRequirement, field: string): Causes {
  const causes: Causes = [];
  if (operator !== 'In' && operator !== 'NotIn') causes.push(invalid(`${field}.operator`, operator, 'not a valid selector operator'));
  else if (values.length !== 1) causes.push(required(`${field}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"));
  if (key !== 'metadata.name') return [...causes, invalid(`${field}.key`, key, 'not a valid field selector key')];
  return [...causes, ...values.flatMap((value, at) => invalidEach(`${field}.values[${at}]`, value, dns1123Subdomain(value)))];
}
