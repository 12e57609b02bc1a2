/** apply --prune: what was applied before, matches the selector and is in no file any more, goes. */
import { isForbidden, isMethodNotSupported, isNotFound } from '../../../apimachinery/status.js';
import { CliError } from '../../command.js';
import { pathOf, type Resource } from '../../discovery.js';
import { listObjects } from '../../infos.js';
import { LAST_APPLIED } from '../../lastapplied.js';
import { CASCADE, cascadeOf } from '../delete/cascade.js';
import type { Applying } from '../apply.js';

const DEFAULT = [
  'core/v1/ConfigMap', 'core/v1/Endpoints', 'core/v1/Namespace', 'core/v1/PersistentVolumeClaim', 'core/v1/PersistentVolume', 'core/v1/Pod', 'core/v1/ReplicationController',
  'core/v1/Secret', 'core/v1/Service', 'batch/v1/Job', 'batch/v1/CronJob', 'networking.k8s.io/v1/Ingress', 'apps/v1/DaemonSet', 'apps/v1/Deployment', 'apps/v1/ReplicaSet', 'apps/v1/StatefulSet',
];
const MAYBE_NOT_SERVED = new Set(['core/v1/Namespace', 'core/v1/PersistentVolume']);

export async function prune(applying: Applying): Promise<void> {
  const { context, dryRun, printer } = applying;
  const rest = await context.rest();
  for (const { object, resource } of await prunable(applying)) {
    if (dryRun !== 'client') {
      const body = { kind: 'DeleteOptions', apiVersion: 'v1', ...(context.flags.int('grace-period') >= 0 ? { gracePeriodSeconds: context.flags.int('grace-period') } : {}), propagationPolicy: CASCADE[cascadeOf(context)] };
      try {
        await rest.object('DELETE', pathOf(resource, { namespace: object.metadata.namespace, name: object.metadata.name }), { body, query: dryRun === 'server' ? { dryRun: 'All' } : {} });
      } catch (error) {
        // Gone already: that is what was wanted.
        if (!isNotFound(error)) throw error;
      }
    }
    printer.print(object, 'pruned');
  }
}

/** Applied before, and not now. */
export async function prunable({ context, visited }: { context: Applying['context']; visited: readonly { object: any; namespace: string | undefined }[] }): Promise<{ object: any; resource: Resource }[]> {
  const types = await pruneTypes(context);
  const selector = context.flags.string('selector');
  const keep = new Set(visited.map(({ object }) => object.metadata.uid));
  const namespaces = [...new Set(visited.flatMap(({ namespace }) => (namespace === undefined ? [] : [namespace])))];
  if (namespaces.length === 0 && context.namespaceGiven) namespaces.push(await context.namespace());
  const found: { object: any; resource: Resource }[] = [];
  const look = async (resource: Resource, namespace: string | undefined): Promise<void> => {
    const objects = await listObjects(context, resource, namespace, { selector }).catch((error: unknown) => {
      if (isNotFound(error) || isForbidden(error) || isMethodNotSupported(error)) return [];
      throw error;
    });
    for (const object of objects) if (object.metadata.annotations?.[LAST_APPLIED] !== undefined && !keep.has(object.metadata.uid)) found.push({ object, resource });
  };
  for (const namespace of namespaces) for (const resource of types.filter(({ namespaced }) => namespaced)) await look(resource, namespace);
  for (const resource of types.filter(({ namespaced }) => !namespaced)) await look(resource, undefined);
  return found;
}

/** The types that are looked through. Throws for one that --prune-allowlist names and nobody knows. */
export async function pruneTypes(context: Applying['context']): Promise<Resource[]> {
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
    // With a namespace given, kubectl leaves alone what has none.
    if (given.length === 0 && context.namespaceGiven && MAYBE_NOT_SERVED.has(word)) continue;
    resources.push(resource);
  }
  return resources;
}
