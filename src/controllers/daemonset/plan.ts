/**
 * What a DaemonSet should do on its nodes now: a pure function of the nodes and
 * the pods that are there. Pods to keep at their number first; when that asks
 * for nothing, the next step of a rolling update.
 */
import { countOf } from '../intorstring.js';
import type { DaemonSet, Node, Pod } from '../kinds.js';
import { byAge } from '../order.js';
import { isPodAvailable, isPodReady } from '../pods.js';
import { GENERATION_LABEL, HASH_LABEL, placeOn, templateGeneration } from './nodes.js';

export interface Facts {
  set: DaemonSet;
  nodes: readonly Node[];
  podsByNode: ReadonlyMap<string, readonly Pod[]>;
  hash: string;
  now: number;
}

export interface Steps {
  create: string[];
  remove: Pod[];
  failed: { pod: Pod; node: string }[];
  succeeded: { pod: Pod; node: string }[];
}

export function surges({ spec: { updateStrategy } }: DaemonSet): boolean {
  const surge = updateStrategy.type === 'RollingUpdate' ? updateStrategy.rollingUpdate?.maxSurge : undefined;
  return surge !== undefined && surge !== 0 && surge !== '0%';
}

export function manage(facts: Facts): Steps {
  const steps: Steps = { create: [], remove: [], failed: [], succeeded: [] };
  const known = new Set(facts.nodes.map(({ metadata }) => metadata.name!));
  for (const node of facts.nodes) manageNode(facts, node, steps);
  // A pod meant for a node that went before it was bound would wait for ever.
  for (const [name, pods] of facts.podsByNode)
    if (!known.has(name)) steps.remove.push(...pods.filter((pod) => !pod.spec.nodeName && pod.metadata.deletionTimestamp === undefined));
  return steps;
}

function manageNode(facts: Facts, node: Node, steps: Steps): void {
  const name = node.metadata.name!;
  const pods = facts.podsByNode.get(name) ?? [];
  const { run, keep } = placeOn(node, facts.set);
  if (run && pods.length === 0) steps.create.push(name);
  else if (!keep) steps.remove.push(...pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined));
  else {
    const running: Pod[] = [];
    for (const pod of pods) {
      if (pod.metadata.deletionTimestamp !== undefined) continue;
      if (pod.status.phase === 'Failed') steps.failed.push({ pod, node: name });
      else if (pod.status.phase === 'Succeeded') steps.succeeded.push({ pod, node: name });
      else running.push(pod);
    }
    steps.remove.push(...tooMany(facts, running));
  }
}

function tooMany({ set, hash, now }: Facts, running: Pod[]): Pod[] {
  if (running.length <= 1) return [];
  running.sort((one, other) => Number(Boolean(other.spec.nodeName)) - Number(Boolean(one.spec.nodeName)) || byAge(one, other));
  if (!surges(set)) return running.slice(1);
  const fresh = running.find((pod) => pod.metadata.labels?.[HASH_LABEL] === hash);
  const old = running.find((pod) => pod.metadata.labels?.[HASH_LABEL] !== hash);
  const surplus = running.filter((pod) => pod !== fresh && pod !== old);
  if (fresh !== undefined && old !== undefined && (!isPodReady(old) || isPodAvailable(fresh, set.spec.minReadySeconds ?? 0, now))) surplus.push(old);
  return surplus;
}

export function rollingStep(facts: Facts): Pick<Steps, 'create' | 'remove'> {
  const desired = facts.nodes.filter((node) => placeOn(node, facts.set).run).map(({ metadata }) => metadata.name!);
  const { rollingUpdate = {} } = facts.set.spec.updateStrategy;
  const maxSurge = countOf(rollingUpdate.maxSurge, desired.length, 'up');
  const scaled = countOf(rollingUpdate.maxUnavailable, desired.length, 'up');
  const maxUnavailable = maxSurge === 0 && scaled === 0 && desired.length > 0 ? 1 : scaled;
  const names = [...new Set([...desired, ...facts.podsByNode.keys()])];
  const states = names.map((name) => ({ name, ...stateOf(facts, facts.podsByNode.get(name) ?? []) }));
  return maxSurge === 0 ? { create: [], remove: replace(facts, states, maxUnavailable) } : surgeStep(facts, states, maxSurge);
}

interface NodeState {
  name: string;
  /** More than one of a sort: the other loop tidies up first. */
  unclear: boolean;
  fresh?: Pod;
  old?: Pod;
}

function stateOf({ set, hash }: Facts, pods: readonly Pod[]): Omit<NodeState, 'name'> {
  const there = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const fresh = there.filter((pod) => isUpdated(pod, set, hash));
  const old = there.filter((pod) => !fresh.includes(pod));
  if (fresh.length > 1 || old.length > 1) return { unclear: true };
  return { unclear: false, ...(fresh[0] === undefined ? {} : { fresh: fresh[0] }), ...(old[0] === undefined ? {} : { old: old[0] }) };
}

export function isUpdated({ metadata: { labels = {} } }: Pod, set: DaemonSet, hash: string): boolean {
  const generation = templateGeneration(set);
  return labels[HASH_LABEL] === hash || (generation !== undefined && labels[GENERATION_LABEL] === generation);
}

function replace(facts: Facts, states: readonly NodeState[], maxUnavailable: number): Pod[] {
  const { set, now } = facts;
  const isAvailable = (pod: Pod): boolean => isPodAvailable(pod, set.spec.minReadySeconds ?? 0, now);
  let unavailable = 0;
  const broken: Pod[] = [];
  const candidates: Pod[] = [];
  for (const { unclear, fresh, old } of states) {
    if (unclear || (fresh === undefined) === (old === undefined)) unavailable += 1;
    else if (fresh !== undefined) unavailable += isAvailable(fresh) ? 0 : 1;
    else if (!isAvailable(old!)) broken.push(old!);
    else if (unavailable < maxUnavailable) candidates.push(old!);
  }
  return [...broken, ...candidates.slice(0, Math.max(0, maxUnavailable - unavailable))];
}

function surgeStep({ set, now }: Facts, states: readonly NodeState[], maxSurge: number): Pick<Steps, 'create' | 'remove'> {
  const isAvailable = (pod: Pod): boolean => isPodAvailable(pod, set.spec.minReadySeconds ?? 0, now);
  let surge = 0;
  const remove: Pod[] = [];
  const needed: string[] = [];
  const candidates: string[] = [];
  for (const { name, unclear, fresh, old } of states) {
    if (unclear) surge += 1;
    else if (old === undefined) continue;
    else if (fresh === undefined) {
      if (!isAvailable(old)) needed.push(name);
      else if (surge < maxSurge) candidates.push(name);
    } else if (isAvailable(fresh)) remove.push(old);
    else surge += 1;
  }
  return { create: [...needed, ...candidates.slice(0, Math.max(0, maxSurge - surge))], remove };
}
