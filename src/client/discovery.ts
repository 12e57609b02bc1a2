/**
 * What a server serves, asked of the server: for loops that must know every
 * kind, those made by CustomResourceDefinitions too. The answer is descriptors
 * good enough for a client; they hold no columns and no rules.
 */
import type { Kind } from '../api/kind.js';
import type { APIGroupList, APIResourceList } from '../apimachinery/meta/discovery.js';
import { isStatusError } from '../apimachinery/status.js';
import type { Client } from './client.js';

export interface Discovery {
  /** In the preferred version of each group, or in the first that serves them, sorted by group and plural. */
  kinds: Kind[];
  /** Every "group/version/kind" there is, of the versions that are not preferred too. */
  served: Set<string>;
  /** Group-versions that did not answer, with the reason. */
  failed: { groupVersion: string; message: string }[];
}

export async function discoverKinds(client: Client): Promise<Discovery> {
  const { groups } = (await client.raw({ method: 'GET', path: '/apis' })) as APIGroupList;
  // The preferred version first: what it serves is not looked for in others.
  const versions = ['v1', ...groups.flatMap((group) => [group.preferredVersion.groupVersion, ...othersOf(group)])];
  const found: Discovery = { kinds: [], served: new Set(), failed: [] };
  const lists = await Promise.all(versions.map((groupVersion) => resourcesOf(client, groupVersion)));
  const known = new Set<string>();
  for (const [at, list] of lists.entries()) {
    if ('message' in list) {
      found.failed.push({ groupVersion: versions[at]!, message: list.message });
      continue;
    }
    for (const kind of kindsOf(list)) {
      found.served.add(servedAs(list.groupVersion, kind.kind));
      if (!known.has(idOf(kind))) found.kinds.push(kind);
      known.add(idOf(kind));
    }
  }
  found.kinds.sort((one, other) => (idOf(one) < idOf(other) ? -1 : 1));
  return found;
}

export const servedAs = (apiVersion: string, kind: string): string => `${apiVersion}/${kind}`;

const idOf = ({ group, plural }: Kind): string => `${group}/${plural}`;

function othersOf({ versions, preferredVersion }: APIGroupList['groups'][number]): string[] {
  return versions.map(({ groupVersion }) => groupVersion).filter((groupVersion) => groupVersion !== preferredVersion.groupVersion);
}

async function resourcesOf(client: Client, groupVersion: string): Promise<APIResourceList | { message: string }> {
  try {
    return (await client.raw({ method: 'GET', path: groupVersion.includes('/') ? `/apis/${groupVersion}` : `/api/${groupVersion}` })) as APIResourceList;
  } catch (error) {
    if (!isStatusError(error)) throw error;
    // An aggregated API that is down must not hide the others. The words are those of the aggregated discovery that Kubernetes' controllers ask for.
    return { message: `stale GroupVersion discovery: ${groupVersion}` };
  }
}

function kindsOf({ groupVersion, resources }: APIResourceList): Kind[] {
  const slash = groupVersion.indexOf('/');
  const [group, version] = slash < 0 ? ['', groupVersion] : [groupVersion.slice(0, slash), groupVersion.slice(slash + 1)];
  return resources
    .filter(({ name }) => !name.includes('/'))
    .map(({ name, singularName, kind, namespaced, verbs, shortNames = [], categories = [] }) => ({
      group,
      version,
      kind,
      listKind: `${kind}List`,
      plural: name,
      singular: singularName,
      shortNames,
      categories,
      namespaced,
      verbs,
      subresources: [],
      prefix: '',
      columns: [],
      strategy: () => Promise.reject(new Error(`${name} was discovered: its rules are the server's`)),
    }));
}
