/**
 * What a write needs of a kind: its strategy, its TypeNode and the state its
 * status begins in; and the steps that stand around the strategy's own, as in
 * kube-apiserver's rest.BeforeCreate and rest.BeforeUpdate.
 */
import type { Kind, RuleContext, Strategy, SubresourceStrategy } from '../../api/kind.js';
import { deepCopy, deepEqual } from '../../apimachinery/deep.js';
import { invalid, type Causes } from '../../apimachinery/fielderror.js';
import type { KubeObject } from '../../apimachinery/object.js';
import { badRequest, conflict, invalidObject } from '../../apimachinery/status.js';
import { formatTime } from '../../apimachinery/time.js';
import type { StructNode } from '../../apimachinery/typenode.js';
import { randomSuffix, randomUid, type Random } from '../../platform/random.js';
import type { Soon } from '../../platform/soon.js';
import { groupResource } from '../context.js';
import { emptyOf, nodeOf } from './decode.js';
import { defaultName, orderedMetadata, pathSegmentName, validateObjectMeta, validateObjectMetaUpdate, type ValidateName } from './metadata.js';

export interface Prepared {
  kind: Kind;
  strategy: Strategy;
  node: StructNode;
  hasStatus: boolean;
  /** What status reads before anybody wrote it; undefined where Go leaves it out. */
  emptyStatus: unknown;
}

const prepared = new WeakMap<Kind, Soon<Prepared>>();

export function prepare(kind: Kind): Soon<Prepared> {
  return prepared.get(kind) ?? begin(kind);
}

function begin(kind: Kind): Promise<Prepared> {
  const loading = load(kind).then((found) => {
    prepared.set(kind, found);
    return found;
  });
  prepared.set(kind, loading);
  return loading;
}

async function load(kind: Kind): Promise<Prepared> {
  const strategy = await strategyOf(kind);
  const node = nodeOf(kind, strategy);
  const hasStatus = kind.subresources.some(({ name }) => name === 'status');
  return { kind, strategy, node, hasStatus, emptyStatus: hasStatus ? emptyOf(node)['status'] : undefined };
}

async function strategyOf(kind: Kind): Promise<Strategy> {
  const strategy = await kind.strategy();
  if (kind.group !== 'apiextensions.k8s.io' || kind.plural !== 'customresourcedefinitions') return strategy;
  return (await import('../crd/definitionrules.js')).withDefaultRules(strategy);
}

/** As Kubernetes does: a node is born with the status that its kubelet sends along. */
const KEEPS_STATUS = new Set(['/nodes']);

/** What a generated name may be long before its five letters. */
const GENERATED_PREFIX_MAX = 58;

export const generateName = (prefix: string, random: Random): string => `${prefix.slice(0, GENERATED_PREFIX_MAX)}${randomSuffix(random)}`;

/** Fills in what the server alone decides, then lets the kind clear what a client may not set. Validation is `validateCreate`. */
export function beforeCreate(object: any, { kind, strategy, hasStatus, emptyStatus }: Prepared, context: RuleContext, random: Random): void {
  const { metadata } = object;
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  delete metadata.selfLink;
  delete metadata.resourceVersion;
  if (!kind.namespaced) delete metadata.namespace;
  if (generationOf(strategy, hasStatus) !== undefined) metadata.generation = 1;
  if (hasStatus && !KEEPS_STATUS.has(`${kind.group}/${kind.plural}`)) setOrDelete(object, 'status', deepCopy(emptyStatus));
  if ((metadata.generateName ?? '') !== '' && (metadata.name ?? '') === '') metadata.name = generateName(metadata.generateName, random);
  strategy.prepareForCreate?.(object, context);
  metadata.uid = randomUid(random);
  metadata.creationTimestamp = formatTime(context.now);
  object.metadata = orderedMetadata(metadata);
}

function setOrDelete(object: any, name: string, value: unknown): void {
  if (value === undefined) delete object[name];
  else object[name] = value;
}

/** A rule that joins the name to the rest is for creates alone: the name stays then, and the rest has rules of its own. */
function ownMetadataRules(object: any, kind: Kind, { validateName, metadataRules }: Strategy, { created }: { created: boolean }): Causes {
  const named: ValidateName = validateName === undefined ? defaultName : (name, options) => validateName(name, options, created ? object : undefined);
  return validateObjectMeta(object.metadata, kind.namespaced, named, metadataRules ?? (kind.custom === undefined ? 'core' : 'generic'));
}

/** As Kubernetes does: what is wrong is told of the type that all versions share. */
const internalKind = ({ group, kind, storedAs }: Kind): { group: string; kind: string } => ({ group: storedAs?.group ?? group, kind });

export function validateCreate(object: any, { kind, strategy }: Prepared, context: RuleContext, first: Causes = []): void {
  const causes = [...first, ...ownMetadataRules(object, kind, strategy, { created: true }), ...(strategy.validate?.(object, context) ?? [])];
  if (causes.length > 0) throw invalidObject(internalKind(kind), object.metadata.name ?? '', causes);
  const more = validateObjectMeta(object.metadata, kind.namespaced, pathSegmentName, 'generic');
  if (more.length > 0) throw invalidObject(internalKind(kind), object.metadata.name ?? '', more);
}

/** undefined: the kind keeps no generation. */
function generationOf(strategy: Strategy, hasStatus: boolean): ((next: any, previous: any) => boolean) | undefined {
  if (strategy.generation === false) return undefined;
  if (strategy.generation !== undefined) return strategy.generation;
  return hasStatus ? (next, previous) => !deepEqual(next.spec, previous.spec) : undefined;
}

export const keepsGeneration = ({ strategy, hasStatus }: Prepared): boolean => generationOf(strategy, hasStatus) !== undefined;

/** Puts back what a client may not change, and lets the kind do so. `previous` is frozen. */
export function beforeUpdate(next: any, previous: any, prepared: Prepared, context: RuleContext): void {
  const { kind, strategy, hasStatus } = prepared;
  const { metadata } = next;
  const old = previous.metadata;
  if (kind.namespaced) {
    if (metadata.namespace !== old.namespace) throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  } else delete metadata.namespace;
  setOrDelete(metadata, 'generation', old.generation);
  delete metadata.selfLink;
  const sub = subresourceStrategy(prepared, context.subresource);
  if (sub !== undefined) sub.prepareForUpdate(next, previous, context);
  else {
    if (hasStatus) setOrDelete(next, 'status', mutable(previous.status));
    strategy.prepareForUpdate?.(next, previous, context);
    const rises = generationOf(strategy, hasStatus);
    if (rises?.(next, previous) === true) next.metadata.generation = (old.generation ?? 0) + 1;
  }
  const result = next.metadata;
  if ((result.uid ?? '') === '') setOrDelete(result, 'uid', old.uid);
  setOrDelete(result, 'creationTimestamp', old.creationTimestamp);
  if (old.deletionTimestamp !== undefined) result.deletionTimestamp = old.deletionTimestamp;
  if (old.deletionGracePeriodSeconds !== undefined) result.deletionGracePeriodSeconds ??= old.deletionGracePeriodSeconds;
  next.metadata = orderedMetadata(result);
}

export const mutable = <T>(value: T): T => deepCopy(value);

/** undefined: a write of the object itself. */
export function subresourceStrategy({ strategy }: Prepared, subresource: string | undefined): SubresourceStrategy | undefined {
  if (subresource === undefined || subresource === '') return undefined;
  return strategy.subresources?.[subresource] ?? (subresource === 'status' ? plainStatus : undefined);
}

/** Takes status and metadata; everything else stays. */
const plainStatus: SubresourceStrategy = {
  prepareForUpdate(next, previous) {
    for (const name of Object.keys(next)) if (name !== 'status' && name !== 'metadata' && !(name in previous)) delete next[name];
    for (const name of Object.keys(previous)) if (name !== 'status' && name !== 'metadata') next[name] = previous[name];
  },
};

export function validateUpdate(next: any, previous: any, prepared: Prepared, context: RuleContext, first: Causes = []): void {
  const { kind, strategy } = prepared;
  const sub = subresourceStrategy(prepared, context.subresource);
  const rules = sub ?? strategy;
  const shared = validateObjectMeta(next.metadata, kind.namespaced, pathSegmentName, 'generic');
  const changed = validateObjectMetaUpdate(next.metadata, previous.metadata);
  const whole = ownMetadataRules(next, kind, strategy, { created: false });
  const own = rules.validateUpdate?.(next, previous, context, { whole, changed }) ?? [];
  // As Kubernetes does: both the generic store and the kind's own rules look at metadata, so its complaints come twice.
  const again = rules.placesMetadata === true ? own : [...changed, ...own, ...(sub === undefined ? whole : [])];
  const causes = [...shared, ...changed, ...first, ...again];
  if (causes.length > 0) throw invalidObject(internalKind(kind), next.metadata.name ?? '', causes);
}

/** The optimistic lock: what the writer says it saw must be what is there. */
export function checkRevision(next: any, previous: KubeObject, prepared: Prepared, subresource: string): void {
  const { kind, strategy } = prepared;
  const text: string = next.metadata.resourceVersion ?? '';
  if (text === '' || text === '0') {
    const needed =
      subresource === ''
        ? strategy.requiresResourceVersion === true
        : (subresourceStrategy(prepared, subresource)?.requiresResourceVersion ?? strategy.requiresResourceVersion) === true;
    if (needed)
      throw invalidObject({ group: kind.group, kind: kind.plural }, previous.metadata.name ?? '', [
        invalid('metadata.resourceVersion', 0, 'must be specified for an update'),
      ]);
    next.metadata.resourceVersion = previous.metadata.resourceVersion;
    return;
  }
  if (text !== previous.metadata.resourceVersion) throw conflict(groupResource(kind), previous.metadata.name ?? '');
}

/** strconv's complaint, for a resourceVersion that is no number. */
export function notANumber(text: string): string | undefined {
  return text === '' || /^\d+$/.test(text) ? undefined : `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;
}
