/**
 * ResourceQuota: what is made must fit into every quota of its namespace whose
 * scope it falls into. Usage is kept in the quota's status by compare-and-swap,
 * so two writers cannot both take the last of something.
 */
import { deepCopy } from '../../apimachinery/deep.js';
import { parseQuantity, type Quantity } from '../../apimachinery/quantity.js';
import { whenThere, type Soon } from '../../platform/soon.js';
import { isResource, readAll, refused, type AdmissionPlugin, type AdmissionRequest } from './plugin.js';
import { inScope, missingOf, usageOf, type Usage } from './quotausage.js';

const TRIES_MAX = 10;

export const resourceQuota: AdmissionPlugin = {
  name: 'ResourceQuota',
  handles: (request) =>
    request.kind.namespaced &&
    request.kind.prefix !== '' &&
    (request.operation === 'CREATE' ? request.subresource === '' : request.operation === 'UPDATE' && mayTakeMore(request)),
  validate: (request) => whenThere(quotasFor(request), (quotas) => (quotas.length === 0 ? undefined : chargeAll(request, quotas))),
};

/** Updates that may need more than before: a Service of another type, a claim that grows, a pod that is resized. */
function mayTakeMore(request: AdmissionRequest): boolean {
  if (request.subresource === 'resize') return request.kind.group === '' && request.kind.plural === 'pods';
  return isResource(request, '', 'services') || isResource(request, '', 'persistentvolumeclaims') || isResource(request, 'resource.k8s.io', 'resourceclaims');
}

const quotasFor = ({ server, namespace }: AdmissionRequest): Soon<readonly any[]> => readAll(server, '', 'resourcequotas', namespace);

async function chargeAll(request: AdmissionRequest, quotas: readonly any[]): Promise<void> {
  for (let tries = 0; tries < TRIES_MAX; tries++) if (await charge(request, tries === 0 ? quotas : await quotasFor(request))) return;
  throw refused(request, 'exceeded quota: the quota could not be updated');
}

/** False: a quota changed meanwhile. */
async function charge(request: AdmissionRequest, quotas: readonly any[]): Promise<boolean> {
  const { server, namespace, kind } = request;
  const delta = deltaOf(request);
  const changes: { quota: any; used: Record<string, string> }[] = [];
  for (const quota of quotas) {
    const used = usedAfter(request, quota, delta);
    if (used !== undefined) changes.push({ quota, used });
  }
  if (request.dryRun) return true;
  const { storage } = server.storages.of(server.registry.anyVersion('', 'resourcequotas') ?? kind);
  for (const { quota, used } of changes) {
    const next = deepCopy(quota);
    next.status = { ...next.status, used };
    const written = await storage.update({ namespace, name: quota.metadata.name }, next, Number(quota.metadata.resourceVersion), { durability: 'grouped' });
    if (written === undefined) return false;
  }
  return true;
}

function deltaOf({ kind, object, previous }: AdmissionRequest): Usage {
  const after = usageOf(kind, object);
  if (previous === undefined) return after;
  const before = usageOf(kind, previous);
  const delta: Usage = new Map(after);
  for (const [name, amount] of before) delta.set(name, (after.get(name) ?? parseQuantity('0')).sub(amount));
  return delta;
}

/** What the quota's status.used is to be; undefined where it is not concerned. Throws 403 where it would not fit. */
function usedAfter(request: AdmissionRequest, quota: any, delta: Usage): Record<string, string> | undefined {
  const hard: Record<string, string> = quota.status?.hard ?? {};
  if (!inScope(request.kind, request.object, quota.spec)) return undefined;
  const names = [...delta.keys()].filter((name) => hard[name] !== undefined).sort();
  const missing = missingOf(request.kind, request.object, Object.keys(hard));
  if (missing !== '') throw refused(request, `failed quota: ${quota.metadata.name}: must specify ${missing}`);
  if (names.every((name) => delta.get(name)!.isZero())) return undefined;
  const used: Record<string, string> = { ...quota.status?.used };
  const unknown = names.filter((name) => used[name] === undefined);
  if (unknown.length > 0) throw refused(request, `status unknown for quota: ${quota.metadata.name}, resources: ${unknown.join(',')}`);
  const over = names.filter((name) => sign(delta.get(name)!) > 0 && parseQuantity(used[name]!).add(delta.get(name)!).cmp(parseQuantity(hard[name]!)) > 0);
  if (over.length > 0) {
    const list = (of: (name: string) => string) => over.map((name) => `${name}=${of(name)}`).join(',');
    throw refused(
      request,
      `exceeded quota: ${quota.metadata.name}, requested: ${list((name) => delta.get(name)!.toString())}, used: ${list((name) => used[name]!)}, limited: ${list((name) => hard[name]!)}`,
    );
  }
  for (const name of names) used[name] = parseQuantity(used[name]!).add(delta.get(name)!).toString();
  return used;
}

const sign = (amount: Quantity): number => amount.cmp(parseQuantity('0'));
