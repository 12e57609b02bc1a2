/**
 * Scenarios of a real kubelet, run again on a node in memory: the same updates
 * in the same order, and the same Events. Times and generations are left out,
 * and what the recordings' own page calls the lab's. Without the recordings
 * there is nothing to run.
 */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { KINDS } from '../../src/api/kinds.js';
import { PodKind, type Pod } from '../../src/kubelet/kinds.js';
import { createLab, record, type Lab } from './lab.js';

const FACTS = process.env.MINIKUBE_TS_FACTS ?? '../shared/facts';
/** Each agrees in every update and every Event. */
const AGREE = [
  'active-deadline-image', 'admit-hostport-conflict', 'admit-node-affinity', 'admit-os', 'cli-cp', 'config-missing-secret-key', 'config-optional-missing',
  'crashloop-reset', 'delete-exit-nonzero', 'delete-finalizer', 'delete-grace-1', 'delete-image-backoff', 'delete-shorten-grace', 'delete-succeeded',
  'delete-two-containers', 'env-seen', 'evict-emptydir-kill', 'exit0-always', 'exit0-onfailure', 'image-invalid-name', 'image-missing-tag',
  'image-never-present', 'image-registry-down', 'image-two-containers-one-missing', 'init-fail-always', 'init-fail-never', 'init-image-missing',
  'init-ordered', 'multi-never-mixed', 'multi-never-success', 'net-dns-clusterfirst-config', 'net-dns-hostnet-clusterfirst', 'net-hostaliases',
  'net-hostnet-ports', 'node-cordon', 'node-registered', 'onfailure-then-success', 'oom-always', 'oom-never', 'poststart-ok', 'prestop-fail',
  'prestop-sleep', 'prestop-too-long', 'qos-classes', 'readiness-gate', 'readiness-http-404', 'readiness-tcp', 'resize-memory-restart', 'run-normal',
  'sec-nonroot-root', 'sec-runasuser', 'sidecar-basic', 'start-subpath-missing', 'static-not-a-pod', 'static-secret-ref', 'termmsg-path',
  'vol-configmap-update', 'vol-hostpath', 'vol-projected', 'vol-subpath', 'vol-subpath-escape', 'volume-missing-key',
];

interface Step { type: string; pod: string; status?: Record<string, any> }
interface Scenario {
  ran: string;
  manifest: object[];
  actions: { t: number; do: string }[];
  observed: Step[];
  events: { type: string; reason: string; message: string; count: number | null; fieldPath?: string; object: string; source: { component?: string } }[];
}

for (const name of AGREE) {
  test.skipIf(!existsSync(`${FACTS}/kubelet/${name}.json`))(name, async () => {
    const scenario = JSON.parse(readFileSync(`${FACTS}/kubelet/${name}.json`, 'utf8')) as Scenario;
    const { steps, events } = await run(name, scenario);
    assert.deepEqual(steps, recordedSteps(scenario));
    assert.deepEqual(events, eventTexts(scenario.events));
  });
}

async function run(name: string, { manifest, actions, ran }: Scenario): Promise<{ steps: string[]; events: string[] }> {
  const lab = await createLab();
  await lab.namespace(name);
  const seen = await record(lab, name);
  const start = lab.clock.now();
  for (const action of actions) {
    await lab.clock.advance(Math.max(0, start + action.t * 1000 - lab.clock.now()));
    await act(lab, name, action.do, manifest);
  }
  await lab.clock.advance(Math.max(0, start + Number.parseFloat(ran) * 1000 - lab.clock.now()));
  seen.stop();
  await lab.stop();
  const before = new Map<string, Record<string, any>>();
  const steps: Line[] = [];
  for (const { type, object } of seen.pods) {
    const status = (object as Pod).status as unknown as Record<string, any>;
    const pod = object.metadata.name!;
    const text = stepText(type, pod, changesOf(before.get(pod) ?? {}, status));
    before.set(pod, status);
    if (text !== undefined) steps.push({ of: pod, text });
  }
  return { steps: byObject(steps), events: eventTexts(seen.events.map(({ object }) => object as any).map((event) => ({ ...event, fieldPath: event.involvedObject.fieldPath, object: event.involvedObject.name }))) };
}

interface Line { of: string; text: string }

/** What concerns different objects may come in any order; of one object it may not. */
const byObject = (lines: readonly Line[]): string[] => [...new Set(lines.map(({ of }) => of))].sort().flatMap((of) => lines.filter((line) => line.of === of).map(({ text }) => text));

const eventTexts = (events: readonly any[]): string[] =>
  byObject(events.filter(({ source }) => source.component === 'kubelet').map((event) => ({ of: `${event.object.replace(/^Pod\//, '')} ${event.fieldPath ?? ''}`, text: eventText(event) })));

async function act(lab: Lab, namespace: string, what: string, manifest: object[]): Promise<void> {
  if (what === 'create') return lab.create(namespace, manifest);
  const removed = /^kubectl delete pod (\S+)(.*)/.exec(what);
  if (removed !== null) {
    const grace = removed[2]!.includes('--now') ? 1 : /--grace-period=(\d+)/.exec(removed[2]!)?.[1];
    await lab.client.on(PodKind).delete({ namespace, name: removed[1]! }, grace === undefined ? {} : { gracePeriodSeconds: Number(grace) });
  }
  const patched = /^kubectl patch (\S+) (\S+)(?:.*?--subresource[= ](\S+))?.*?-p '(.*)'/s.exec(what);
  if (patched === null) return;
  const kind = KINDS.find(({ singular }) => singular === patched[1])!;
  const type = what.includes('--type=json') ? 'json' : 'strategic';
  await lab.client.on(kind).patch({ namespace, name: patched[2]! }, type, JSON.parse(patched[4]!), patched[3] === undefined ? {} : { subresource: patched[3] });
}

/** Names of status fields whose every change counts; conditions and containers come by name. */
const PLAIN = ['phase', 'reason', 'message', 'podIP'];
const LISTS = ['conditions', 'initContainerStatuses', 'containerStatuses', 'ephemeralContainerStatuses'];

function changesOf(before: Record<string, any>, after: Record<string, any>): Record<string, any> {
  const changes: Record<string, any> = {};
  for (const field of PLAIN) if (before[field] !== after[field] && after[field] !== undefined) changes[field] = after[field];
  for (const field of LISTS) {
    const key = field === 'conditions' ? 'type' : 'name';
    const changed = (after[field] ?? []).filter((item: any) => JSON.stringify(item) !== JSON.stringify((before[field] ?? []).find((other: any) => other[key] === item[key])));
    if (changed.length > 0) changes[field] = changed;
  }
  return changes;
}

function recordedSteps({ observed }: Scenario): string[] {
  const lines = observed.map(({ type, pod, status = {} }) => ({ of: pod, text: stepText(type, pod, Object.fromEntries(Object.entries(status).map(([field, value]) => [field.replace('~', ''), value]))) }));
  return byObject(lines.filter((line): line is Line => line.text !== undefined));
}

/** One update as a line; undefined where only what is left out has changed, or what the scheduler wrote. */
function stepText(type: string, pod: string, changes: Record<string, any>): string | undefined {
  if (type !== 'MODIFIED') return `${type} ${pod}`;
  const conditions = (changes['conditions'] ?? []).map((condition: any) => [condition.type, condition.status, condition.reason, condition.message].filter((text) => text !== undefined && text !== '').join(' '));
  const containers = LISTS.slice(1).flatMap((field) => (changes[field] ?? []).map(containerText));
  const parts = [...PLAIN.filter((field) => changes[field] !== undefined).map((field) => `${field}=${masked(changes[field])}`), ...conditions, ...containers];
  return parts.length === 0 || (parts.length === 1 && parts[0] === 'PodScheduled True') ? undefined : parts.join(' | ');
}

function containerText({ name, state, lastState, ready, started, restartCount, image }: any): string {
  return masked(`${name} ${stateText(state)} last ${stateText(lastState)} ready=${ready} started=${started} restarts=${restartCount} image=${image}`);
}

function stateText({ waiting, running, terminated }: any): string {
  if (waiting !== undefined) return `waiting ${waiting.reason} ${waiting.message ?? ''}`;
  if (terminated !== undefined) return `terminated ${terminated.exitCode} ${terminated.reason} ${terminated.message ?? ''}`;
  return running === undefined ? '-' : 'running';
}

const eventText = ({ type, reason, message, count, fieldPath = '' }: { type: string; reason: string; message: string; count: number | null; fieldPath?: string }): string => masked(`x${count} ${type} ${reason}: ${message} ${fieldPath}`);

const masked = (text: string): string =>
  text
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uid>')
    .replace(/10\.244\.0\.\d+/g, '<podIP>')
    .replace(/ in \S+ \(\S+ including waiting\)\. Image size: \d+ bytes/, ' in <dur>')
    .replace(/[0-9a-f]{64}/g, '<id>')
    .replace(/image=(\S+)@sha256:\S+/, 'image=$1');
