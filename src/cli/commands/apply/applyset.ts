/**
 * apply --applyset (KEP-3659): the objects applied carry the label of a parent
 * object, which keeps the kinds and namespaces they are of; what carries it and
 * is applied no more goes. Without KUBECTL_APPLYSET=true there is no such flag.
 */
import { createHash } from 'node:crypto';
import { isConflict, isNotFound } from '../../../apimachinery/status.js';
import { CLIENT_VERSION } from '../../clientversion.js';
import { CliError, PlainError } from '../../command.js';
import type { Context } from '../../context.js';
import { groupVersion, pathOf, type Discovery, type Resource } from '../../discovery.js';
import { FlagError } from '../../flags.js';
import { listObjects } from '../../infos.js';
import { klogLine } from '../../klog.js';
import type { Info } from '../../manifests.js';
import { toCompactJson } from '../../printers/compact.js';
import { validationOf } from '../../writing.js';
import type { Applying } from '../apply.js';
import { deletePruned } from './prune.js';

export const APPLYSET_GATE = 'KUBECTL_APPLYSET';

const TOOLING = 'applyset.kubernetes.io/tooling';
const ADDITIONAL_NAMESPACES = 'applyset.kubernetes.io/additional-namespaces';
const GROUP_RESOURCES = 'applyset.kubernetes.io/contains-group-resources';
const GROUP_KINDS = 'applyset.kubernetes.io/contains-group-kinds';
const ID = 'applyset.kubernetes.io/id';
const PART_OF = 'applyset.kubernetes.io/part-of';
const IS_PARENT_TYPE = 'applyset.kubernetes.io/is-parent-type';

/** As other tools must know whose sets these are, the name stays kubectl's. */
const TOOL = 'kubectl';
const MANAGER = `${TOOL}-applyset`;
const BUILT_IN_PARENTS = ['secrets', 'configmaps'];

interface Members {
  /** By "Kind.group". */
  kinds: ReadonlyMap<string, Resource>;
  namespaces: ReadonlySet<string>;
}

export interface ApplySet {
  parent: { resource: Resource; name: string; namespace: string };
  /** What labels of members and of the parent say. */
  id: string;
}

/** The set that --applyset names; undefined without the flag. Throws CliError where no such type is known. */
export async function applySetOf(context: Context): Promise<ApplySet | undefined> {
  const { flags, host } = context;
  if (!flags.changed('applyset')) return undefined;
  if (host.env[APPLYSET_GATE]?.toLowerCase() !== 'true') throw new FlagError('unknown flag: --applyset');
  const reference = flags.string('applyset');
  if (reference === '') return undefined;
  const invalid = (why: string): CliError => new CliError(`invalid parent reference ${JSON.stringify(reference)}: ${why}`);
  const slash = reference.indexOf('/');
  const [type, name] = slash < 0 ? ['secrets', reference] : [reference.slice(0, slash), reference.slice(slash + 1)];
  if (name === '') throw invalid('name cannot be blank');
  const resource = await (await context.discovery()).find(type);
  if (resource === undefined) throw invalid(noMatches(type));
  // Only what -n says counts: a set must not move with the context.
  const namespace = resource.namespaced && context.namespaceGiven ? await context.namespace() : '';
  const { kind, group } = resource;
  const hash = createHash('sha256').update([name, namespace, kind, group].join('.')).digest('base64url');
  return { parent: { resource, name, namespace }, id: `applyset-${hash}-v1` };
}

/** client-go's words for a resource that no server has. */
function noMatches(type: string): string {
  const [name, ...group] = type.split('.');
  return `no matches for ${group.join('.')}/, Resource=${name}`;
}

/** Throws for a parent that may be none. */
export async function checkParent(context: Context, { parent: { resource, namespace } }: ApplySet): Promise<void> {
  const problems: string[] = [];
  if (resource.namespaced && namespace === '') problems.push('namespace is required to use namespace-scoped ApplySet');
  if (!isBuiltIn(resource) && !(await isParentType(context, resource))) {
    problems.push(`resource ${JSON.stringify(`${resource.group}/${resource.version}, Resource=${resource.name}`)} is not permitted as an ApplySet parent`);
  }
  if (problems.length > 1) throw new PlainError(problems.join('\n'));
  if (problems.length === 1) throw new CliError(problems[0]!);
}

const isBuiltIn = ({ group, version, name }: Resource): boolean => group === '' && version === 'v1' && BUILT_IN_PARENTS.includes(name);

async function isParentType(context: Context, { name, group }: Resource): Promise<boolean> {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const { items } = await (await context.rest()).object('GET', path, { query: { labelSelector: IS_PARENT_TYPE } });
  return (items ?? []).some(({ metadata }: any) => metadata.name === `${name}.${group}`);
}

/** The manifests as members of the set. Throws where one says it is of a set already. */
export function asMembers({ id }: ApplySet, infos: readonly Info[]): Info[] {
  return infos.map((info) => {
    const labels = info.object.metadata?.labels ?? {};
    if (PART_OF in labels) throw new CliError(`ApplySet label ${JSON.stringify(PART_OF)} already set in input data`);
    return { ...info, object: { ...info.object, metadata: { ...info.object.metadata, labels: { ...labels, [PART_OF]: id } } } };
  });
}

/** What the set is before and after this apply. */
export interface Membership {
  before: Members;
  after: Members;
}

/** To be called before the first object is applied: whatever happens then, the parent knows where to look. */
export async function beforeApply(applying: Applying, set: ApplySet, infos: readonly Info[]): Promise<Membership> {
  const before = await fetchParent(applying.context, set);
  const kinds = new Map<string, Resource>();
  const namespaces = new Set<string>();
  for (const { resource, namespace } of infos) {
    kinds.set(groupKind(resource!), resource!);
    if (resource!.namespaced && namespace) namespaces.add(namespace);
  }
  const membership = { before, after: { kinds, namespaces } };
  await updateParent(applying, set, { kinds: new Map([...before.kinds, ...kinds]), namespaces: new Set([...before.namespaces, ...namespaces]) });
  return membership;
}

/** Deletes the members that were not applied this time; then the parent forgets kinds and namespaces with none left. */
export async function pruneSet(applying: Applying, set: ApplySet, { before, after }: Membership): Promise<void> {
  for (const { object, resource } of await stale(applying, set, before)) {
    const { name, namespace } = object.metadata;
    await deletePruned(applying, object, resource).catch((error: unknown) => {
      throw new CliError(`pruning ${groupKind(resource)} ${namespace ? `${namespace}/` : ''}${name}: ${(error as Error).message}`);
    });
    applying.printer.print(object, 'pruned');
  }
  await updateParent(applying, set, after).catch((error: unknown) => {
    throw new CliError(`apply and prune succeeded, but ApplySet update failed: ${(error as Error).message}`);
  });
}

async function stale({ context, visited }: Applying, { id }: ApplySet, { kinds, namespaces }: Members): Promise<{ object: any; resource: Resource }[]> {
  const keep = new Set(visited.map(({ object }) => object.metadata.uid));
  const found: { object: any; resource: Resource }[] = [];
  for (const resource of kinds.values()) {
    for (const namespace of resource.namespaced ? namespaces : [undefined]) {
      const objects = await listObjects(context, resource, namespace, { selector: `${PART_OF}=${id}` }).catch((error: unknown) => {
        throw new CliError(`listing ${resource.group}/${resource.version}, Kind=${resource.kind} objects for pruning: ${(error as Error).message}`);
      });
      for (const object of objects) if (!keep.has(object.metadata.uid)) found.push({ object, resource });
    }
  }
  return found;
}

/** "ConfigMap", "Deployment.apps" */
const groupKind = ({ kind, group }: Resource): string => (group === '' ? kind : `${kind}.${group}`);

/** As --applyset takes it. */
const nameOf = ({ resource, name }: ApplySet['parent']): string => JSON.stringify(`${resource.name}.${resource.group}/${name}`);

const parentPath = ({ resource, name, namespace }: ApplySet['parent']): string => pathOf(resource, { namespace, name });

async function fetchParent(context: Context, { parent, id }: ApplySet): Promise<Members> {
  let live: any;
  try {
    live = await (await context.rest()).object('GET', parentPath(parent));
  } catch (error) {
    if (!isNotFound(error)) throw new CliError(`failed to fetch ApplySet parent object ${nameOf(parent)}: ${(error as Error).message}`);
    if (!isBuiltIn(parent.resource)) throw new CliError('custom resource ApplySet parents cannot be created automatically');
    return { kinds: new Map(), namespaces: new Set() };
  }
  const { labels = {}, annotations = {} } = live.metadata;
  checkOwner(parent, annotations[TOOLING]);
  if (labels[ID] === undefined) throw new CliError(`ApplySet parent object ${nameOf(parent)} exists and does not have required label ${ID}`);
  if (labels[ID] !== id)
    throw new CliError(
      `ApplySet parent object ${nameOf(parent)} exists and has incorrect value for label ${JSON.stringify(ID)} (got: ${labels[ID]}, want: ${id})`,
    );
  const kinds = await knownKinds(await context.discovery(), parent, annotations);
  const namespaces = new Set<string>((annotations[ADDITIONAL_NAMESPACES] ?? '').split(',').filter((name: string) => name !== ''));
  if (parent.resource.namespaced) namespaces.add(parent.namespace);
  return { kinds, namespaces };
}

/** Tools leave each other's sets alone. */
function checkOwner(parent: ApplySet['parent'], tooling: string | undefined): void {
  if (tooling === undefined)
    throw new CliError(`ApplySet parent object ${nameOf(parent)} already exists and is missing required annotation ${JSON.stringify(TOOLING)}`);
  const owner = tooling.includes('/') ? tooling.slice(0, tooling.lastIndexOf('/')) : tooling;
  if (owner !== TOOL)
    throw new CliError(
      `ApplySet parent object ${nameOf(parent)} already exists and is managed by tooling ${JSON.stringify(owner)} instead of ${JSON.stringify(TOOL)}`,
    );
}

async function knownKinds(discovery: Discovery, parent: ApplySet['parent'], annotations: Readonly<Record<string, string>>): Promise<Map<string, Resource>> {
  const wrong = (why: string): CliError => new CliError(`parsing ApplySet annotation on ${nameOf(parent)}: ${why}`);
  const kinds = new Map<string, Resource>();
  const [inKinds, inResources] = [annotations[GROUP_KINDS], annotations[GROUP_RESOURCES]];
  if (inKinds === undefined && !inResources)
    throw wrong(`kubectl requires the ${JSON.stringify(GROUP_KINDS)} annotation to be set on all ApplySet parent objects`);
  const words = (inKinds ?? inResources ?? '').split(',').filter((word, _, { length }) => word !== '' || length > 1);
  for (const word of words) {
    const resource = inKinds === undefined ? await discovery.find(word) : await ofGroupKind(discovery, word);
    const [first = '', ...group] = word.split('.');
    if (resource === undefined && inKinds === undefined)
      throw wrong(`invalid group resource in ${JSON.stringify(GROUP_RESOURCES)} annotation: ${noMatches(word)}`);
    if (resource === undefined)
      throw wrong(
        `could not find mapping for kind in ${JSON.stringify(GROUP_KINDS)} annotation: no matches for kind ${JSON.stringify(first)} in group ${JSON.stringify(group.join('.'))}`,
      );
    kinds.set(groupKind(resource), resource);
  }
  return kinds;
}

async function ofGroupKind(discovery: Discovery, word: string): Promise<Resource | undefined> {
  const look = async (): Promise<Resource | undefined> => (await discovery.resources()).find((resource) => groupKind(resource) === word);
  const found = await look();
  if (found !== undefined) return found;
  discovery.refresh();
  return look();
}

async function updateParent(applying: Applying, set: ApplySet, members: Members): Promise<void> {
  if (applying.dryRun === 'client') return;
  try {
    await sendParent(applying, set, members, { force: false }).catch((error: unknown) => {
      if (!isConflict(error)) throw error;
      const text = `WARNING: failed to update ApplySet: ${(error as Error).message}\nApplySet field manager ${MANAGER} should own these fields. Retrying with conflicts forced.`;
      applying.context.err(klogLine(applying.context, 'W', 'applyset.go:447', text));
      return sendParent(applying, set, members, { force: true });
    });
  } catch (error) {
    throw new CliError(`failed to update ApplySet: ${(error as Error).message}`);
  }
}

/** Applied by a manager of its own: what it says no more (the resources of older versions) goes. */
async function sendParent(
  { context, dryRun }: Applying,
  { parent, id }: ApplySet,
  { kinds, namespaces }: Members,
  { force }: { force: boolean },
): Promise<void> {
  const { resource, name, namespace } = parent;
  const annotations = {
    [TOOLING]: `${TOOL}/${CLIENT_VERSION}`,
    [GROUP_KINDS]: [...kinds.keys()].sort().join(','),
    [ADDITIONAL_NAMESPACES]: [...namespaces]
      .filter((one) => one !== namespace)
      .sort()
      .join(','),
  };
  const body = {
    kind: resource.kind,
    apiVersion: groupVersion(resource),
    metadata: { name, ...(namespace === '' ? {} : { namespace }), labels: { [ID]: id }, annotations },
  };
  const query = { fieldManager: MANAGER, fieldValidation: validationOf(context), force: String(force), ...(dryRun === 'server' ? { dryRun: 'All' } : {}) };
  await (
    await context.rest()
  ).object('PATCH', parentPath(parent), { contentType: 'application/apply-patch+yaml', query, body: Buffer.from(toCompactJson(body)) });
}
