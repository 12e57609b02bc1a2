/**
 * What an access review must ask: about a resource or a path, not both, of
 * somebody, and with no metadata of its own.
 */
import { forbidden, invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import type { ObjectMeta } from '../../../apimachinery/meta/meta.js';
import { labelValue, qualifiedName } from '../../../apimachinery/names.js';
import { complaints, goStruct } from '../../apps/validation/rules.js';
import { NonResourceAttributes } from '../types/localsubjectaccessreview.js';
import type { ResourceAttributes, SubjectAccessReviewSpec } from '../types/localsubjectaccessreview.js';

type Attributes = Pick<SubjectAccessReviewSpec, 'resourceAttributes' | 'nonResourceAttributes'>;

export function validateSubject({ user, groups = [] }: SubjectAccessReviewSpec): Causes {
  return user || groups.length > 0 ? [] : [invalid('spec.user', user ?? '', 'at least one of user or group must be specified')];
}

export function validateAttributes({ resourceAttributes: resource, nonResourceAttributes: path }: Attributes): Causes {
  const both = resource !== undefined && path !== undefined;
  return [
    ...(both
      ? [invalid('spec.nonResourceAttributes', goStruct(path, NonResourceAttributes), 'cannot be specified in combination with resourceAttributes')]
      : []),
    ...(!resource && !path ? [invalid('spec.resourceAttributes', null, 'exactly one of nonResourceAttributes or resourceAttributes must be specified')] : []),
  ];
}

export function validateSelectors({ resourceAttributes: resource }: Attributes): Causes {
  if (!resource) return [];
  const path = 'spec.resourceAttributes';
  return [
    ...validateSelector(resource.fieldSelector, `${path}.fieldSelector`, validateFieldRequirement),
    ...validateSelector(resource.labelSelector, `${path}.labelSelector`, validateLabelRequirement),
  ];
}

interface Requirement {
  key: string;
  operator: string;
  values?: readonly string[];
}
interface Selector {
  rawSelector?: string;
  requirements?: readonly Requirement[];
}

function validateSelector(
  selector: ResourceAttributes['fieldSelector'] | ResourceAttributes['labelSelector'],
  path: string,
  validate: (requirement: Requirement, path: string) => Causes,
): Causes {
  if (!selector) return [];
  const { rawSelector = '', requirements = [] } = selector as Selector;
  return [
    ...(rawSelector !== '' && requirements.length > 0
      ? [invalid(`${path}.rawSelector`, rawSelector, 'may not specified at the same time as requirements')]
      : []),
    ...(rawSelector === '' && requirements.length === 0
      ? [required(`${path}.requirements`, `when ${path} is specified, requirements or rawSelector is required`)]
      : []),
    ...requirements.flatMap((requirement, index) => validate(requirement, `${path}.requirements[${index}]`)),
  ];
}

function validateFieldRequirement(requirement: Requirement, path: string): Causes {
  return [...(requirement.key === '' ? [required(`${path}.key`, 'must be specified')] : []), ...validateOperator(requirement, path)];
}

function validateLabelRequirement(requirement: Requirement, path: string): Causes {
  const { key, values = [] } = requirement;
  return [
    ...validateOperator(requirement, path),
    ...complaints(`${path}.key`, key, qualifiedName(key)),
    ...values.flatMap((value, index) => complaints(`${path}.values[${index}]`, value, labelValue(value))),
  ];
}

/** Newer clients may know operators that this server does not: those are let through. */
function validateOperator({ operator, values = [] }: Requirement, path: string): Causes {
  if ((operator === 'In' || operator === 'NotIn') && values.length === 0)
    return [required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'")];
  if ((operator === 'Exists' || operator === 'DoesNotExist') && values.length > 0)
    return [forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")];
  return [];
}

/** A review is a question, not a thing: its metadata must be empty, but for the namespace of a local one. */
export function validateNoMetadata(metadata: ObjectMeta, { local = false } = {}): Causes {
  const told = Object.keys(metadata).some((key) => key !== 'managedFields' && !(local && key === 'namespace'));
  return told ? [invalid('metadata', metadata, local ? 'must be empty except for namespace' : 'must be empty')] : [];
}
