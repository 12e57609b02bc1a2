/** What the runtime says of a sandbox and of a container, and a container's statistics. */
import type { FsNode } from '../machine/filesystem.js';
import type { ContainerStats, ContainerStatus, PodSandboxStatus } from '../../cri/runtime.js';
import { STEP_NANOSECONDS, USAGE_WINDOW_MS } from '../constants.js';
import { createHash } from 'node:crypto';
import type { Container } from './container.js';
import type { ContainerRecord, SandboxRecord } from './records.js';

export function sandboxStatus({ id, config, state, createdAt, ip }: SandboxRecord): PodSandboxStatus {
  return {
    id,
    metadata: config.metadata,
    state,
    createdAt,
    ips: ip === '' || state !== 'SANDBOX_READY' ? [] : [ip],
    labels: config.labels,
    annotations: config.annotations,
  };
}

export function statusOf(record: ContainerRecord): ContainerStatus {
  const { config } = record;
  return {
    id: record.id,
    podSandboxId: record.sandbox,
    metadata: config.metadata,
    state: record.state,
    createdAt: record.createdAt,
    startedAt: record.startedAt,
    finishedAt: record.finishedAt,
    exitCode: record.exitCode,
    signal: record.signal,
    image: record.imageName,
    imageRef: record.imageRef,
    imageId: record.imageId,
    reason: record.reason,
    message: record.message,
    labels: config.labels,
    annotations: config.annotations,
    logPath: record.log.path,
    resources: config.linux.resources,
    user: { uid: record.uid, gid: record.gid, supplementalGroups: record.groups },
  };
}

const IDLE_BYTES: Record<string, number> = {
  'kube-apiserver': 250,
  etcd: 60,
  'kube-controller-manager': 55,
  'kube-scheduler': 25,
  'kube-proxy': 20,
  coredns: 18,
  'metrics-server': 22,
  'calico-node': 110,
  'calico-kube-controllers': 20,
};
const IDLE_MILLICORES: Record<string, number> = {
  'kube-apiserver': 45,
  etcd: 20,
  'kube-controller-manager': 15,
  'kube-scheduler': 4,
  'kube-proxy': 1,
  coredns: 3,
  'metrics-server': 4,
  'calico-node': 25,
  'calico-kube-controllers': 2,
};

/** A machine's use is counted; what is not simulated step by step has a plausible, steady one. */
export function statsOf(container: Container, now: number): ContainerStats {
  const { record } = container;
  const name = record.kind.replace('hosted:', '');
  const spread = createHash('md5').update(record.id).digest()[0]! / 255;
  const alive = Math.max(0, now - record.startedAt);
  const millicores = (IDLE_MILLICORES[name] ?? 0) * (0.9 + 0.2 * spread);
  const bytes =
    IDLE_BYTES[name] !== undefined
      ? Math.round(IDLE_BYTES[name] * (0.95 + 0.1 * spread) * 2 ** 20)
      : (container.machine?.memory() ?? Math.round((1 + 2 * spread) * 2 ** 20));
  const counted = countedNanoseconds(container, now);
  return {
    id: record.id,
    metadata: record.config.metadata,
    labels: record.config.labels,
    timestamp: now,
    cpu: {
      usageCoreNanoSeconds: Math.round(millicores * 1e3 * alive) + counted,
      usageNanoCores: Math.round(millicores * 1e6 + rateOf(container, counted, now)),
    },
    memory: { workingSetBytes: bytes, usageBytes: bytes },
    writableLayer: { usedBytes: writtenBytes(record.machine?.changes ?? {}) },
  };
}

/** Time of processors that its programs took. */
function countedNanoseconds({ record: { machine } }: Container, now: number): number {
  if (machine === undefined) return 0;
  const { steps, hogs } = machine;
  return Math.round(steps * STEP_NANOSECONDS + (hogs === undefined ? 0 : hogs.cores * (now - hogs.since) * 1e6));
}

/** Nanoseconds a second, since it was last asked for, or since the start; no more than its limit gives it. */
function rateOf(container: Container, nanoseconds: number, now: number): number {
  const { cpuQuota, cpuPeriod } = container.record.config.linux.resources;
  const last = container.usage ?? { at: container.record.startedAt, nanoseconds: 0, rate: 0 };
  if (container.usage !== undefined && now - last.at < USAGE_WINDOW_MS) return last.rate;
  const rate = now === last.at ? 0 : ((nanoseconds - last.nanoseconds) / (now - last.at)) * 1e3;
  const bounded = Math.max(0, cpuQuota > 0 && cpuPeriod > 0 ? Math.min(rate, (cpuQuota / cpuPeriod) * 1e9) : rate);
  if (now - last.at >= USAGE_WINDOW_MS) container.usage = { at: now, nanoseconds, rate: bounded };
  return bounded;
}

/** What a container has written beside its mounts. */
function writtenBytes(changes: Readonly<Record<string, FsNode | null>>): number {
  let sum = 0;
  for (const path in changes) {
    const node = changes[path];
    if (node?.t === 'f') sum += node.size ?? node.d.length;
  }
  return sum;
}
