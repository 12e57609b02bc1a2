/** Rules of limit ranges: each bound against the others. */
import { duplicate, forbidden, invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import { qualifiedName } from '../../../apimachinery/names.js';
import { parseQuantity, type Quantity } from '../../../apimachinery/quantity.js';
import type { Strategy } from '../../kind.js';
import { isOvercommitAllowed } from '../resources.js';
import { defaultResourceList } from '../defaults/resources.js';
import { LimitRange, type LimitRangeItem } from '../types/limitrange.js';
import { invalidEach } from '../validation/complaints.js';
import { validateContainerResourceName, validateResourceName } from '../validation/resources.js';

export const strategy: Strategy<LimitRange> = {
  schema: LimitRange,
  defaults(range) {
    for (const item of range.spec.limits ?? []) defaultItem(item);
  },
  validate,
  validateUpdate: (next, _previous, _context, { whole } = { whole: [], changed: [] }) => [...whole, ...validate(next)],
  placesMetadata: true,
  allowCreateOnUpdate: true,
};

type ResourceList = Record<string, string>;
const LISTS = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const;

/** Container defaults follow from bounds: limit from max, request from limit, else from min. */
function defaultItem(item: LimitRangeItem): void {
  for (const list of LISTS) defaultResourceList(item[list]);
  if (item.type !== 'Container') return;
  const limits: ResourceList = { ...item.max, ...item.default };
  const requests: ResourceList = { ...item.min, ...limits, ...item.defaultRequest };
  if (Object.keys(limits).length > 0) item.default = limits;
  if (Object.keys(requests).length > 0) item.defaultRequest = requests;
}

function validate({ spec }: LimitRange): Causes {
  const types = new Set<string>();
  return (spec.limits ?? []).flatMap((item, at) => {
    const field = `spec.limits[${at}]`;
    const causes = limitType(item.type, `${field}.type`);
    if (types.has(item.type)) causes.push(duplicate(`${field}.type`, item.type));
    types.add(item.type);
    return [...causes, ...names(item, field), ...sorted(item).flatMap((name) => bounds(item, name, field))];
  });
}

const STANDARD_TYPES = ['Pod', 'Container', 'PersistentVolumeClaim'];
function limitType(type: string, field: string): Causes {
  const causes = invalidEach(field, type, qualifiedName(type));
  if (causes.length > 0 || type.includes('/') || STANDARD_TYPES.includes(type)) return causes;
  return [invalid(field, type, 'must be a standard limit type or fully qualified')];
}

function names(item: LimitRangeItem, field: string): Causes {
  const rule = item.type === 'Pod' || item.type === 'Container' ? validateContainerResourceName : validateResourceName;
  const of = (list: (typeof LISTS)[number]): Causes =>
    Object.keys(item[list] ?? {})
      .sort()
      .flatMap((name) => rule(name, `${field}.${list}[${name}]`));
  const noDefault = (list: 'default' | 'defaultRequest'): Causes =>
    Object.keys(item[list] ?? {}).length > 0 ? [forbidden(`${field}.${list}`, "may not be specified when `type` is 'Pod'")] : [];
  const isUnbounded = item.type === 'PersistentVolumeClaim' && item.min?.storage === undefined && item.max?.storage === undefined;
  return [
    ...of('max'),
    ...of('min'),
    ...(item.type === 'Pod' ? [...noDefault('default'), ...noDefault('defaultRequest')] : [...of('default'), ...of('defaultRequest')]),
    ...(isUnbounded ? [required(`${field}.limits`, 'either minimum or maximum storage value is required, but neither was provided')] : []),
    ...of('maxLimitRequestRatio'),
  ];
}

function sorted(item: LimitRangeItem): string[] {
  return [...new Set(LISTS.flatMap((list) => Object.keys(item[list] ?? {})))].sort();
}

function bounds(item: LimitRangeItem, name: string, field: string): Causes {
  const of = (list: ResourceList | undefined): Quantity | undefined => (list?.[name] === undefined ? undefined : parseQuantity(list[name]));
  const { min, max, limit, request, ratio } = {
    min: of(item.min),
    max: of(item.max),
    limit: of(item.default),
    request: of(item.defaultRequest),
    ratio: of(item.maxLimitRequestRatio),
  };
  const above = (one: Quantity | undefined, other: Quantity | undefined): boolean => one !== undefined && other !== undefined && one.cmp(other) > 0;
  const causes: Causes = [];
  const complain = (list: string, shown: Quantity, text: string): void => void causes.push(invalid(`${field}.${list}[${name}]`, shown.toString(), text));
  if (above(min, max)) complain('min', min!, `min value ${min} is greater than max value ${max}`);
  if (above(min, request)) complain('defaultRequest', request!, `min value ${min} is greater than default request value ${request}`);
  if (above(request, max)) complain('defaultRequest', request!, `default request value ${request} is greater than max value ${max}`);
  if (above(request, limit)) complain('defaultRequest', request!, `default request value ${request} is greater than default limit value ${limit}`);
  if (above(min, limit)) complain('default', min!, `min value ${min} is greater than default value ${limit}`);
  if (above(limit, max)) complain('default', max!, `default value ${limit} is greater than max value ${max}`);
  if (ratio !== undefined && ratio.cmp(parseQuantity('1')) < 0) complain('maxLimitRequestRatio', ratio, `ratio ${ratio} is less than 1`);
  if (ratio !== undefined && min !== undefined && max !== undefined) {
    const most = Number(max.milliValue()) / Number(min.milliValue());
    if (Number(ratio.milliValue()) / 1000 > most) complain('maxLimitRequestRatio', ratio, `ratio ${ratio} is greater than max/min = ${most.toFixed(6)}`);
  }
  if (!isOvercommitAllowed(name) && limit !== undefined && request !== undefined && limit.cmp(request) !== 0) {
    complain('defaultRequest', request, `default value ${limit} must equal to defaultRequest value ${request} in ${name}`);
  }
  return causes;
}
