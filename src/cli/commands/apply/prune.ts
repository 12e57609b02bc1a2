/** apply --prune: what was applied before, matches the selector and is in no file any more, goes. */
import { CliError } from '../../command.js';
import type { Context } from '../../context.js';
import { pathOf, type Resource } from '../../discovery.js';
import { listObjects } from '../../infos.js';
import { klogLine } from '../../klog.js';
import { LAST_APPLIED } from '../../lastapplied.js';
import { CASCADE, cascadeOf } from '../delete/cascade.js';
import type { Applying } from '../apply.js';

const DEFAULT = [
  'core/v1/ConfigMap',
  'core/v1/Endpoints',
  'core/v1/PersistentVolumeClaim',
  'core/v1/Pod',
  'core/v1/ReplicationController',
  'core/v1/Secret',
  'core/v1/Service',
  'batch/v1/Job',
  'batch/v1/CronJob',
  'networking.k8s.io/v1/Ingress',
  'apps/v1/DaemonSet',
  'apps/v1/Deployment',
  'apps/v1/ReplicaSet',
  'apps/v1/StatefulSet',
  'core/v1/Namespace',
  'core/v1/PersistentVolume',
];

const LATER =
  'Deprecated: kubectl apply will no longer prune non-namespaced resources by default when used with the --namespace flag in a future release. To preserve the current behaviour, list the resources you want to target explicitly in the --prune-allowlist flag.';

export async function prune(applying: Applying, types: readonly Resource[]): Promise<void> {
  const { context, visited, printer } = applying;
  const enforced = context.namespaceGiven ? [await context.namespace()] : [];
  for await (const { object, resource } of prunable(context, { types, visited, namespaces: enforced })) {
    await deletePruned(applying, object, resource).catch((error: unknown) => {
      throw pruningFailed(resource, error);
    });
    printer.print(object, 'pruned');
  }
}

/** Unless the dry run is the client's own. */
export async function deletePruned({ context, dryRun }: Applying, { metadata: { namespace, name } }: any, resource: Resource): Promise<void> {
  if (dryRun === 'client') return;
  const grace = context.flags.int('grace-period');
  const body = {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    ...(grace >= 0 ? { gracePeriodSeconds: grace } : {}),
    propagationPolicy: CASCADE[cascadeOf(context)],
  };
  await (await context.rest()).object('DELETE', pathOf(resource, { namespace, name }), { body, query: dryRun === 'server' ? { dryRun: 'All' } : {} });
}

const pruningFailed = ({ group, version, kind, namespaced }: Resource, error: unknown): CliError =>
  new CliError(`error pruning ${namespaced ? 'namespaced' : 'nonNamespaced'} object ${group}/${version}, Kind=${kind}: ${(error as Error).message}`);

/** Applied before, and not now: in the namespaces of what was applied and those of `namespaces`, and outside all namespaces. */
export async function* prunable(
  context: Context,
  {
    types,
    visited,
    namespaces: more,
  }: { types: readonly Resource[]; visited: readonly { object: any; namespace: string | undefined }[]; namespaces: readonly string[] },
): AsyncGenerator<{ object: any; resource: Resource }> {
  const selector = context.flags.string('selector');
  const keep = new Set(visited.map(({ object }) => object.metadata.uid));
  const namespaces = new Set([...more, ...visited.flatMap(({ namespace }) => (namespace === undefined ? [] : [namespace]))]);
  const places = [
    ...[...namespaces].flatMap((namespace) => types.filter(({ namespaced }) => namespaced).map((resource) => ({ resource, namespace }))),
    ...types.filter(({ namespaced }) => !namespaced).map((resource) => ({ resource, namespace: undefined })),
  ];
  // As kubectl does, though the namespace need not have been said: there always is one.
  if (context.flags.list('prune-allowlist').length === 0) context.err(klogLine(context, 'W', 'prune.go:71', LATER));
  for (const { resource, namespace } of places) {
    const objects = await listObjects(context, resource, namespace, { selector }).catch((error: unknown) => {
      throw pruningFailed(resource, error);
    });
    for (const object of objects) if (object.metadata.annotations?.[LAST_APPLIED] !== undefined && !keep.has(object.metadata.uid)) yield { object, resource };
  }
}

/** The types that are looked through. Throws for one that --prune-allowlist names and nobody knows. */
export async function pruneTypes(context: Context): Promise<Resource[]> {
  const given = context.flags.list('prune-allowlist');
  const discovery = await context.discovery();
  const words = given.length > 0 ? given : DEFAULT;
  const resources: Resource[] = [];
  for (const word of words) {
    const parts = word.split('/');
    if (parts.length !== 3) throw new CliError(`invalid GroupVersionKind format: ${word}, please follow <group/version/kind>`);
    const [group, version, kind] = parts as [string, string, string];
    const apiVersion = group === 'core' || group === '' ? version : `${group}/${version}`;
    const resource = await discovery.findKind(apiVersion, kind);
    if (resource === undefined) throw new CliError(`no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`);
    resources.push(resource);
  }
  return resources;
}
