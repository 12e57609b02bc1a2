/**
 * What an access review must ask: about a resource or a path, not both, of
 * somebody, and with no metadata of its own.
 */
import { invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import type { ObjectMeta } from '../../../apimachinery/meta/meta.js';
import { goStruct } from '../../apps/validation/rules.js';
import { NonResourceAttributes } from '../types/localsubjectaccessreview.js';
import type { ResourceAttributes, SubjectAccessReviewSpec } from '../types/localsubjectaccessreview.js';

type Attributes = Pick<SubjectAccessReviewSpec, 'resourceAttributes' | 'nonResourceAttributes'>;

export function validateSubject({ user, groups = [] }: SubjectAccessReviewSpec): Causes {
  return user || groups.length > 0 ? [] : [invalid('spec.user', user ?? '', 'at least one of user or group must be specified')];
}

export function validateAttributes({ resourceAttributes: resource, nonResourceAttributes: path }: Attributes): Causes {
  const both = resource !== undefined && path !== undefined;
  return [
    ...(both ? [invalid('spec.nonResourceAttributes', goStruct(path, NonResourceAttributes), 'cannot be specified in combination with resourceAttributes')] : []),
    ...(!resource && !path ? [invalid('spec.resourceAttributes', null, 'exactly one of nonResourceAttributes or resourceAttributes must be specified')] : []),
  ];
}

export function validateSelectors({ resourceAttributes: resource }: Attributes): Causes {
  if (!resource) return [];
  return [...validateSelector(resource.fieldSelector, 'spec.resourceAttributes.fieldSelector'), ...validateSelector(resource.labelSelector, 'spec.resourceAttributes.labelSelector')];
}

interface Selector { rawSelector?: string; requirements?: readonly { key: string; operator: string; values?: readonly string[] }[] }
function validateSelector(selector: ResourceAttributes['fieldSelector'] | ResourceAttributes['labelSelector'], path: string): Causes {
  if (!selector) return [];
  const { rawSelector = '', requirements = [] } = selector as Selector;
  if (rawSelector !== '' && requirements.length > 0) return [invalid(`${path}.rawSelector`, rawSelector, 'may not specified at the same time as requirements')];
  if (rawSelector === '' && requirements.length === 0) return [required(`${path}.requirements`, `when ${path} is specified, requirements or rawSelector is required`)];
  return requirements.flatMap(({ key, operator, values = [] }, index) => validateRequirement(key, operator, values, `${path}.requirements[${index}]`));
}

function validateRequirement(key: string, operator: string, values: readonly string[], path: string): Causes {
  const listed = operator === 'In' || operator === 'NotIn';
  const exists = operator === 'Exists' || operator === 'DoesNotExist';
  return [
    ...(key === '' ? [required(`${path}.key`, 'must be specified')] : []),
    ...(listed && values.length === 0 ? [required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'")] : []),
    ...(exists && values.length > 0 ? [{ field: `${path}.values`, type: 'Forbidden' as const, message: "Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'" }] : []),
    ...(listed || exists ? [] : [invalid(`${path}.operator`, operator, 'not a valid selector operator')]),
  ];
}

/** A review is a question, not a thing: its metadata must be empty, but for the namespace of a local one. */
export function validateNoMetadata(metadata: ObjectMeta, { except = [] }: { except?: readonly string[] } = {}): Causes {
  const told = Object.keys(metadata).filter((key) => key !== 'managedFields' && key !== 'creationTimestamp' && !except.includes(key));
  const { creationTimestamp, ...rest } = metadata;
  return told.length === 0 ? [] : [invalid('metadata', creationTimestamp ? metadata : rest, 'must be empty')];
}
