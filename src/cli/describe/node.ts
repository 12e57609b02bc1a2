/** Nodes described: what they are, what runs on them, and how much of them is asked for. */
import { parseQuantity, ZERO, type Quantity } from '../../apimachinery/quantity.js';
import { isForbidden, isStatusError } from '../../apimachinery/status.js';
import type { Describer, Scene } from './scene.js';
import { compare, formatDate, sortedKeys, type Writer } from './writer.js';

export const describeNode: Describer = async (w, node, scene) => {
  const { metadata, spec, status } = node;
  const pods = await podsOf(metadata.name, scene);
  w.field('Name', metadata.name);
  w.field('Roles', rolesOf(metadata.labels ?? {}).join(',') || '<none>');
  w.labels('Labels', metadata.labels);
  w.annotations(metadata.annotations);
  w.field('CreationTimestamp', formatDate(metadata.creationTimestamp));
  w.items('Taints', [...(spec.taints ?? [])].sort((a, b) => compare(`${a.effect},${a.key}`, `${b.effect},${b.key}`)).map(taintText));
  w.field('Unschedulable', spec.unschedulable ?? false);
  await writeLease(w, metadata.name, scene);
  writeConditions(w, status.conditions ?? []);
  w.line(0, 'Addresses:');
  for (const { type, address } of status.addresses ?? []) w.field(type, address, 1);
  writeAmounts(w, 'Capacity', status.capacity);
  writeAmounts(w, 'Allocatable', status.allocatable);
  await writeSlices(w, metadata.name, scene);
  writeInfo(w, status.nodeInfo ?? {});
  if (spec.podCIDR) w.field('PodCIDR', spec.podCIDR);
  if ((spec.podCIDRs ?? []).length > 0) w.field('PodCIDRs', spec.podCIDRs.join(','));
  if (spec.providerID) w.field('ProviderID', spec.providerID);
  if (pods === undefined) w.field('Pods', 'not authorized');
  else writePods(w, node, pods);
  await scene.events(w, node, { uids: [metadata.uid, metadata.name] });
};

/** Those that have not ended; undefined where they may not be seen. */
async function podsOf(name: string, scene: Scene): Promise<any[] | undefined> {
  try {
    return await scene.list('/api/v1/pods', { fieldSelector: `spec.nodeName=${name},status.phase!=Succeeded,status.phase!=Failed` });
  } catch (error) {
    if (isForbidden(error)) return undefined;
    throw error;
  }
}

const ROLE = 'node-role.kubernetes.io/';

function rolesOf(labels: Readonly<Record<string, string>>): string[] {
  const roles = Object.entries(labels).map(([key, value]) => (key.startsWith(ROLE) ? key.slice(ROLE.length) : key === 'kubernetes.io/role' ? value : ''));
  return [...new Set(roles)].filter((role) => role !== '').sort();
}

function taintText({ key, value, effect }: any): string {
  if (!effect) return value ? `${key}=${value}:` : key;
  return value ? `${key}=${value}:${effect}` : `${key}:${effect}`;
}

async function writeLease(w: Writer, name: string, scene: Scene): Promise<void> {
  try {
    const { spec = {} } = await scene.get(`/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${name}`);
    w.line(0, 'Lease:');
    w.field('HolderIdentity', spec.holderIdentity ?? '<unset>', 1);
    w.field('AcquireTime', spec.acquireTime ? formatDate(spec.acquireTime) : '<unset>', 1);
    w.field('RenewTime', spec.renewTime ? formatDate(spec.renewTime) : '<unset>', 1);
  } catch (error) {
    if (!isStatusError(error)) throw error;
    w.field('Lease', `Failed to get lease: ${error.message}`);
  }
}

function writeConditions(w: Writer, conditions: readonly any[]): void {
  if (conditions.length === 0) return;
  w.line(0, 'Conditions:');
  w.line(1, 'Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage');
  w.line(1, '----\t------\t-----------------\t------------------\t------\t-------');
  for (const one of conditions)
    w.line(
      1,
      `${one.type} \t${one.status} \t${formatDate(one.lastHeartbeatTime)} \t${formatDate(one.lastTransitionTime)} \t${one.reason ?? ''} \t${one.message ?? ''}`,
    );
}

function writeAmounts(w: Writer, title: string, amounts: any): void {
  const names = sortedKeys(amounts);
  if (names.length > 0) w.line(0, `${title}:`);
  for (const name of names) w.field(name, amounts[name], 1);
}

const POOLS_MAX = 10;

async function writeSlices(w: Writer, name: string, scene: Scene): Promise<void> {
  const pools = new Map<string, { driver: string; pool: string; slices: number; devices: number }>();
  for (const { spec } of await scene.listOrNone('/apis/resource.k8s.io/v1/resourceslices', { fieldSelector: `spec.nodeName=${name}` })) {
    const key = `${spec.driver}/${spec.pool.name}`;
    const pool = pools.get(key) ?? { driver: spec.driver, pool: spec.pool.name, slices: 0, devices: 0 };
    pools.set(key, { ...pool, slices: pool.slices + 1, devices: pool.devices + (spec.devices ?? []).length });
  }
  const keys = [...pools.keys()].sort();
  if (keys.length === 0) return;
  w.line(0, 'Node-Local ResourceSlices:');
  const rows = keys.slice(0, POOLS_MAX).map((key) => pools.get(key)!);
  w.table(
    1,
    ['Driver', 'Pool', 'Slices', 'Devices'],
    rows.map(({ driver, pool, slices, devices }) => [driver, pool, String(slices), String(devices)]),
  );
  if (keys.length > POOLS_MAX) w.line(1, `...and ${keys.length - POOLS_MAX} more pools`);
}

function writeInfo(w: Writer, info: any): void {
  w.line(0, 'System Info:');
  w.field('Machine ID', info.machineID, 1);
  w.field('System UUID', info.systemUUID, 1);
  w.field('Boot ID', info.bootID, 1);
  w.field('Kernel Version', info.kernelVersion, 1);
  w.field('OS Image', info.osImage, 1);
  w.field('Operating System', info.operatingSystem, 1);
  w.field('Architecture', info.architecture, 1);
  w.field('Container Runtime Version', info.containerRuntimeVersion, 1);
  w.field('Kubelet Version', info.kubeletVersion, 1);
}

type Amounts = Map<string, Quantity>;

function writePods(w: Writer, { status }: any, pods: readonly any[]): void {
  const allocatable = sortedKeys(status.allocatable).length > 0 ? status.allocatable : (status.capacity ?? {});
  const share = (amounts: Amounts, name: string): string => `${amounts.get(name) ?? '0'} (${percent(amounts.get(name), allocatable[name], name)}%)`;
  w.field('Non-terminated Pods', `(${pods.length} in total)`);
  w.line(1, 'Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge');
  w.line(1, '---------\t----\t\t------------\t----------\t---------------\t-------------\t---');
  const totals: { requests: Amounts; limits: Amounts } = { requests: new Map(), limits: new Map() };
  for (const pod of pods) {
    const [requests, limits] = [podAmounts(pod, 'requests'), podAmounts(pod, 'limits')];
    addTo(totals.requests, requests);
    addTo(totals.limits, limits);
    w.line(
      1,
      `${pod.metadata.namespace}\t${pod.metadata.name}\t\t${share(requests, 'cpu')}\t${share(limits, 'cpu')}\t${share(requests, 'memory')}\t${share(limits, 'memory')}\t${w.since(pod.metadata.creationTimestamp)}`,
    );
  }
  w.line(0, 'Allocated resources:');
  w.line(1, '(Total limits may be over 100 percent, i.e., overcommitted.)');
  w.table(1, ['Resource', 'Requests', 'Limits'], []);
  const huge = Object.keys(allocatable)
    .filter((name) => name.startsWith('hugepages-'))
    .sort();
  for (const name of ['cpu', 'memory', 'ephemeral-storage', ...huge]) w.line(1, `${name}\t${share(totals.requests, name)}\t${share(totals.limits, name)}`);
  const other = Object.keys(allocatable)
    .filter((name) => !['cpu', 'memory', 'ephemeral-storage', 'pods', ...huge].includes(name))
    .sort();
  for (const name of other) w.line(1, `${name}\t${totals.requests.get(name) ?? '0'}\t${totals.limits.get(name) ?? '0'}`);
}

/** Whole percents, rounded down. */
function percent(amount: Quantity | undefined, whole: string | undefined, name: string): string {
  const [part, all] = [amount ?? ZERO, parseQuantity(whole ?? '0')];
  const [x, y] = name === 'cpu' ? [part.milliValue(), all.milliValue()] : [part.value(), all.value()];
  return y === 0n ? '0' : String((x * 100n) / y);
}

function addTo(totals: Amounts, amounts: Amounts): void {
  for (const [name, amount] of amounts) totals.set(name, totals.get(name)?.add(amount) ?? amount);
}

/** What a pod asks for: its containers and sidecars together, or its greediest init container, and the overhead. */
function podAmounts({ spec }: any, list: 'requests' | 'limits'): Amounts {
  const total: Amounts = new Map();
  for (const container of spec.containers ?? []) addTo(total, amountsOf(container.resources?.[list]));
  const sidecars: Amounts = new Map();
  const initial: Amounts = new Map();
  for (const container of spec.initContainers ?? []) {
    const own = amountsOf(container.resources?.[list]);
    if (container.restartPolicy === 'Always') {
      addTo(total, own);
      addTo(sidecars, own);
      raise(initial, sidecars);
    } else {
      const together: Amounts = new Map(own);
      addTo(together, sidecars);
      raise(initial, together);
    }
  }
  raise(total, initial);
  for (const [name, amount] of amountsOf(spec.resources?.[list])) total.set(name, amount);
  const overhead = amountsOf(spec.overhead);
  for (const [name, amount] of overhead) if (list === 'requests' || total.has(name)) total.set(name, total.get(name)?.add(amount) ?? amount);
  return total;
}

const amountsOf = (list: Readonly<Record<string, string>> | undefined): Amounts =>
  new Map(Object.entries(list ?? {}).map(([name, text]) => [name, parseQuantity(text)]));

function raise(totals: Amounts, amounts: Amounts): void {
  for (const [name, amount] of amounts) if ((totals.get(name)?.cmp(amount) ?? -1) < 0) totals.set(name, amount);
}
