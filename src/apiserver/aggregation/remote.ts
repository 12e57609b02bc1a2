/**
 * Groups that other servers serve, as discovery tells of them: named by their
 * APIServices, in the order of their priorities, with the resources that their
 * own servers list. One that does not answer is listed as stale.
 */
import type { APIService } from '../../api/apiregistration/types/apiservice.js';
import { readAll } from '../registry/reads.js';
import type { Call, Server } from '../context.js';
import { aggregated } from './aggregator.js';

export interface RemoteGroup {
  name: string;
  /** Preferred first. */
  versions: readonly string[];
}

/** Those that this server does not serve itself. */
export async function remoteGroups(server: Server): Promise<RemoteGroup[]> {
  const services = ((await readAll(server, 'apiregistration.k8s.io', 'apiservices', '')) as APIService[]).filter(
    ({ spec }) => spec.service && server.registry.group(spec.group ?? '') === undefined,
  );
  const groups = new Map<string, APIService[]>();
  for (const service of services) groups.set(service.spec.group ?? '', [...(groups.get(service.spec.group ?? '') ?? []), service]);
  const rank = (own: readonly APIService[]): number => Math.max(...own.map(({ spec }) => spec.groupPriorityMinimum));
  return [...groups]
    .sort(([one, own], [other, others]) => rank(others) - rank(own) || (one < other ? -1 : 1))
    .map(([name, own]) => ({
      name,
      versions: own
        .sort((one, other) => other.spec.versionPriority - one.spec.versionPriority || (one.spec.version! < other.spec.version! ? -1 : 1))
        .map(({ spec }) => spec.version!),
    }));
}

export function remoteGroupBody({ name, versions }: RemoteGroup): object {
  const told = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: told, preferredVersion: told[0] };
}

/** Items of an APIGroupDiscoveryList. */
export async function remoteDiscovery(call: Call): Promise<object[]> {
  return Promise.all(
    (await remoteGroups(call.server)).map(async ({ name, versions }) => ({
      metadata: { name },
      versions: await Promise.all(
        versions.map(async (version) => {
          const resources = await resourcesOf(call, name, version);
          return resources === undefined ? { version, freshness: 'Stale' } : { version, resources, freshness: 'Current' };
        }),
      ),
    })),
  );
}

interface APIResource {
  name: string;
  singularName?: string;
  namespaced?: boolean;
  kind: string;
  group?: string;
  version?: string;
  verbs?: string[];
  shortNames?: string[];
  categories?: string[];
}

/** undefined: its server does not say. */
async function resourcesOf(call: Call, group: string, version: string): Promise<object[] | undefined> {
  const request = {
    ...call.request,
    method: 'GET',
    path: `/apis/${group}/${version}`,
    query: new URLSearchParams(),
    headers: { ...call.request.headers, accept: 'application/json' },
    body: undefined as never,
  };
  const answer = await aggregated({ ...call, request }, { group, version });
  if (answer?.type !== 'text' || answer.status !== 200) return undefined;
  const list = parsed(typeof answer.body === 'string' ? answer.body : Buffer.from(answer.body).toString('utf8'));
  if (!Array.isArray(list?.resources)) return undefined;
  const all = list.resources as APIResource[];
  return all
    .filter(({ name }) => !name.includes('/'))
    .map((resource) =>
      discovered(
        resource,
        all.filter(({ name }) => name.startsWith(`${resource.name}/`)),
        { group, version },
      ),
    );
}

// Another's server may say anything: what is no JSON tells of no resources.
function parsed(text: string): { resources?: unknown } | undefined {
  try {
    return JSON.parse(text) as { resources?: unknown };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function discovered(
  { name, singularName = '', namespaced, verbs = [], shortNames = [], categories = [], ...own }: APIResource,
  below: readonly APIResource[],
  gv: { group: string; version: string },
): object {
  const kindOf = ({ kind, group = '', version = '' }: Pick<APIResource, 'kind' | 'group' | 'version'>) => ({
    group: group === '' ? gv.group : group,
    version: version === '' ? gv.version : version,
    kind,
  });
  return {
    resource: name,
    responseKind: kindOf(own),
    scope: namespaced === true ? 'Namespaced' : 'Cluster',
    singularResource: singularName,
    verbs,
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories.length > 0 ? { categories } : {}),
    ...(below.length > 0
      ? { subresources: below.map((sub) => ({ subresource: sub.name.slice(name.length + 1), responseKind: kindOf(sub), verbs: sub.verbs ?? [] })) }
      : {}),
  };
}
