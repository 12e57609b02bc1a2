/**
 * ListOptions as a query gives them: parsed and checked in Kubernetes' words,
 * and selectors made ready to be asked of objects.
 */
import type { Kind } from '../api/kind.js';
import { forbidden, notSupported, type Causes } from '../apimachinery/fielderror.js';
import { parseFieldSelector } from '../apimachinery/fields.js';
import { parseLabelSelector } from '../apimachinery/labels.js';
import type { KubeObject } from '../apimachinery/object.js';
import { badRequest, invalidObject } from '../apimachinery/status.js';
import { queryTrue } from './route.js';
import { groupVersion } from './context.js';

export interface ListOptions {
  labelSelector: string;
  fieldSelector: string;
  resourceVersion: string;
  resourceVersionMatch: string;
  limit: number;
  continue: string;
  allowWatchBookmarks: boolean;
  sendInitialEvents: boolean | undefined;
  timeoutSeconds: number | undefined;
}

export function listOptions(query: URLSearchParams, watch: boolean): ListOptions {
  const sendInitial = query.get('sendInitialEvents');
  const options: ListOptions = {
    labelSelector: query.get('labelSelector') ?? '',
    fieldSelector: query.get('fieldSelector') ?? '',
    resourceVersion: query.get('resourceVersion') ?? '',
    resourceVersionMatch: query.get('resourceVersionMatch') ?? '',
    limit: integer(query.get('limit')) ?? 0,
    continue: query.get('continue') ?? '',
    allowWatchBookmarks: queryTrue(query.get('allowWatchBookmarks')),
    sendInitialEvents: sendInitial === null ? undefined : queryTrue(sendInitial),
    timeoutSeconds: integer(query.get('timeoutSeconds')),
  };
  // As Kubernetes does: a watch from nothing begins with what is there, under a bookmark that says where that ends.
  if (
    watch &&
    options.sendInitialEvents === undefined &&
    (options.resourceVersion === '' || options.resourceVersion === '0') &&
    options.resourceVersionMatch === ''
  ) {
    options.sendInitialEvents = true;
    options.resourceVersionMatch = 'NotOlderThan';
  }
  const causes = watch ? watchCauses(options) : listCauses(options);
  if (causes.length > 0) throw invalidObject({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', causes);
  return options;
}

export function integer(text: string | null): number | undefined {
  if (text === null || text === '') return undefined;
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  const value = Number(text);
  if (BigInt(text) > 9223372036854775807n || BigInt(text) < -9223372036854775808n)
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: value out of range`);
  return value;
}

const MATCH = 'resourceVersionMatch';

function listCauses({ resourceVersionMatch: match, resourceVersion, continue: token, sendInitialEvents }: ListOptions): Causes {
  const causes: Causes = [];
  if (match !== '') {
    if (resourceVersion === '') causes.push(forbidden(MATCH, 'resourceVersionMatch is forbidden unless resourceVersion is provided'));
    if (token !== '') causes.push(forbidden(MATCH, 'resourceVersionMatch is forbidden when continue is provided'));
    if (match !== 'Exact' && match !== 'NotOlderThan') causes.push(notSupported(MATCH, match, ['Exact', 'NotOlderThan', '']));
    if (match === 'Exact' && resourceVersion === '0') causes.push(forbidden(MATCH, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
  }
  if (sendInitialEvents !== undefined) causes.push(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  return causes;
}

function watchCauses({ resourceVersionMatch: match, continue: token, sendInitialEvents }: ListOptions): Causes {
  const causes: Causes = [];
  if (sendInitialEvents !== undefined && match !== 'NotOlderThan')
    causes.push(forbidden(MATCH, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'));
  if (match === '') return causes;
  if (sendInitialEvents === undefined) causes.push(forbidden(MATCH, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'));
  if (match !== 'NotOlderThan') causes.push(notSupported(MATCH, match, ['NotOlderThan']));
  if (token !== '') causes.push(forbidden(MATCH, 'resourceVersionMatch is forbidden when continue is provided'));
  return causes;
}

export type Predicate = (object: KubeObject) => boolean;

export interface Selection {
  /** undefined: everything. */
  matches: Predicate | undefined;
  /** A name or a node that the selector pins down, by which watchers are sorted. */
  trigger?: { field: string; value: string; valueOf(object: KubeObject): string };
}

export function selection(kind: Kind, options: Pick<ListOptions, 'labelSelector' | 'fieldSelector'>): Selection {
  const predicates: Predicate[] = [];
  if (options.labelSelector !== '') {
    const selector = asBadRequest(() => parseLabelSelector(options.labelSelector));
    predicates.push(({ metadata }) => selector.matches(metadata.labels ?? {}));
  }
  if (options.fieldSelector === '') return { matches: all(predicates) };
  const fields = asBadRequest(() => parseFieldSelector(options.fieldSelector));
  let trigger: Selection['trigger'];
  for (const { field, operator, value } of fields.requirements) {
    const valueOf = fieldOf(kind, field);
    predicates.push(operator === '!=' ? (object) => valueOf(object) !== value : (object) => valueOf(object) === value);
    if (operator !== '!=' && TRIGGERS.has(field)) trigger ??= { field, value, valueOf };
  }
  return { matches: all(predicates), ...(trigger === undefined ? {} : { trigger }) };
}

const TRIGGERS = new Set(['metadata.name', 'spec.nodeName']);

function all(predicates: readonly Predicate[]): Predicate | undefined {
  if (predicates.length < 2) return predicates[0];
  return (object) => predicates.every((holds) => holds(object));
}

function asBadRequest<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    // A selector that does not parse is the caller's mistake, told in the parser's words.
    throw badRequest(error instanceof Error ? error.message : String(error));
  }
}

function fieldOf(kind: Kind, label: string): (object: KubeObject) => string {
  if (label === 'metadata.name') return ({ metadata }) => metadata.name ?? '';
  const own = kind.selectableFields;
  if (label === 'metadata.namespace' && (kind.namespaced || own === undefined)) return ({ metadata }) => metadata.namespace ?? '';
  const found = own?.[label];
  if (found !== undefined) return found;
  throw badRequest(unknownField(kind, label));
}

function unknownField(kind: Kind, label: string): string {
  if (kind.group === 'batch' && kind.kind === 'Job') return `field label ${JSON.stringify(label)} not supported for Job`;
  if (kind.group === 'resource.k8s.io' && kind.kind === 'ResourceSlice')
    return `field label not supported for ${groupVersion(kind)}, Kind=${kind.kind}: ${label}`;
  if (kind.selectableFields === undefined && kind.custom === undefined)
    return `${JSON.stringify(label)} is not a known field selector: only "metadata.name", "metadata.namespace"`;
  return `field label not supported: ${label}`;
}
