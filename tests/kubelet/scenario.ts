/**
 * A recorded scenario, run again on a node in memory: what was created and
 * typed at its times, and the updates and Events that came of it as lines that
 * can be compared with the recorded ones. Times and generations are left out,
 * and what the recordings' own page calls the lab's.
 */
import { existsSync, readFileSync } from 'node:fs';
import { KINDS } from '../../src/api/kinds.js';
import { PodKind, type Pod } from '../../src/kubelet/kinds.js';
import type { CatalogOptions } from '../../src/sim/images/catalogue.js';
import { GENERIC } from '../../src/sim/images/known.js';
import { treeOf } from '../../src/sim/images/tree.js';
import { createLab, record, type Lab, type Seen } from './lab.js';

export const FACTS = process.env.MINIKUBE_TS_FACTS ?? '../shared/facts';

interface Step {
  type: string;
  pod: string;
  status?: Record<string, any>;
}
export interface Action {
  t: number;
  do: string;
}
export interface Scenario {
  name: string;
  ran: string;
  manifest: object[];
  actions: Action[];
  observed: Step[];
  events: { type: string; reason: string; message: string; count: number | null; fieldPath?: string; object: string; source: { component?: string } }[];
}
export interface Told {
  steps: string[];
  events: string[];
}
export interface Run extends Told {
  seen: { pods: Seen[]; events: Seen[] };
}

export const hasScenario = (name: string): boolean => existsSync(`${FACTS}/kubelet/${name}.json`);
export const readScenario = (name: string): Scenario => JSON.parse(readFileSync(`${FACTS}/kubelet/${name}.json`, 'utf8')) as Scenario;

/** What the lab's registry held beside the images everybody has. */
const IMAGES: CatalogOptions = {
  failing: { e500: 500 },
  images: {
    'docker.io/library/nonnum': { ...GENERIC, user: 'nobody', unknown: false },
    'docker.io/library/nocmd': { ...GENERIC, tree: () => treeOf({ '/etc': { folder: 0o755 } }), entrypoint: [], cmd: [], unknown: false },
  },
};
const MANIFESTS = '/etc/kubernetes/manifests';

/** `type`: does what the lab alone cannot: the command line. Returns whether it did. */
export async function runScenario({ name, manifest, actions, ran }: Scenario, type?: (lab: Lab, action: Action) => Promise<boolean>): Promise<Run> {
  const lab = await createLab({ catalog: IMAGES });
  await lab.namespace(name);
  const seen = await record(lab, isElsewhere(actions, name) ? 'default' : name);
  const start = lab.clock.now();
  for (const action of actions) {
    await lab.clock.advance(Math.max(0, start + action.t * 1000 - lab.clock.now()));
    if (action.do === 'create') await lab.create(name, await withDigests(manifest, lab));
    else if (!((await type?.(lab, action)) ?? false)) await act(lab, name, action.do);
  }
  await lab.clock.advance(Math.max(0, start + Number.parseFloat(ran) * 1000 - lab.clock.now()));
  seen.stop();
  await lab.stop();
  const before = new Map<string, Record<string, any>>();
  const steps: Line[] = [];
  for (const { type: change, object } of seen.pods) {
    const status = (object as Pod).status as unknown as Record<string, any>;
    const pod = object.metadata.name!;
    const text = stepText(change, pod, changesOf(before.get(pod) ?? {}, status));
    before.set(pod, status);
    if (text !== undefined) steps.push({ of: pod, text });
  }
  return {
    steps: byObject(steps),
    events: eventTexts(
      seen.events
        .map(({ object }) => object as any)
        .map((event) => ({ ...event, fieldPath: event.involvedObject.fieldPath, object: event.involvedObject.name })),
    ),
    seen,
  };
}

/** A static pod that names no namespace is not where the scenario's other objects are. */
const isElsewhere = (actions: readonly Action[], name: string): boolean =>
  actions.some(
    (action) =>
      action.do.startsWith('cat > $MAN') && action.do.includes('kind: Pod') && !action.do.includes(`namespace: ${name}`) && !action.do.includes('"namespace"'),
  );

/** The recordings hide digests; what was meant is the image on the node. */
async function withDigests(manifest: object[], { sim }: Lab): Promise<object[]> {
  const digest = (await sim.images.imageStatus('busybox:1.36'))!.repoDigests[0]!.split('@')[1]!;
  return JSON.parse(JSON.stringify(manifest).replaceAll(/sha256:<(?:id|digest)>/g, digest)) as object[];
}

export function recordedTold({ observed, events }: Scenario): Told {
  const lines = observed.map(({ type, pod, status = {} }) => ({
    of: pod,
    text: stepText(type, pod, Object.fromEntries(Object.entries(status).map(([field, value]) => [field.replace('~', ''), value]))),
  }));
  return { steps: byObject(lines.filter((line): line is Line => line.text !== undefined)), events: eventTexts(events) };
}

interface Line {
  of: string;
  text: string;
}

/** What concerns different objects may come in any order; of one object it may not. */
const byObject = (lines: readonly Line[]): string[] =>
  [...new Set(lines.map(({ of }) => of))].sort().flatMap((of) => lines.filter((line) => line.of === of).map(({ text }) => text));

const eventTexts = (events: readonly any[]): string[] =>
  byObject(
    events
      .filter(({ source, involvedObject }) => source.component === 'kubelet' && involvedObject?.kind !== 'Node')
      .map((event) => ({ of: `${event.object.replace(/^Pod\//, '')} ${event.fieldPath ?? ''}`, text: eventText(event) })),
  );

async function act(lab: Lab, namespace: string, what: string): Promise<void> {
  for (const [, file, text] of what.matchAll(/cat > \$MAN\/(\S+) <<'EOF'\n(.*?)\nEOF/gs)) lab.files.write(`${MANIFESTS}/${file}`, `${text}\n`);
  if (what.startsWith('rm $MAN')) for (const [, file] of what.matchAll(/\$MAN\/(\S+)/g)) lab.files.remove(`${MANIFESTS}/${file}`);
  if (what.startsWith('ctr ')) await killOutside(lab, what.includes('"==sandbox') ? 'sandbox' : 'container');
  const removed = /^kubectl delete pod (\S+)(.*)/.exec(what);
  if (removed !== null) {
    const grace = removed[2]!.includes('--now') ? 1 : /--grace-period=(\d+)/.exec(removed[2]!)?.[1];
    await lab.client.on(PodKind).delete({ namespace, name: removed[1]! }, grace === undefined ? {} : { gracePeriodSeconds: Number(grace) });
  }
  const patched = /^kubectl patch (\S+) (\S+)(?:.*?--subresource[= ](\S+))?.*?-p '(.*)'/s.exec(what);
  if (patched === null) return;
  const kind = KINDS.find(({ singular }) => singular === patched[1])!;
  const type = what.includes('--type=json') ? 'json' : 'strategic';
  const refusedAsRecorded = (): void => {};
  await lab.client
    .on(kind)
    .patch({ namespace, name: patched[2]! }, type, JSON.parse(patched[4]!), patched[3] === undefined ? {} : { subresource: patched[3] })
    .then(() => {}, refusedAsRecorded);
}

/** A process killed behind the kubelet's back. */
async function killOutside({ sim, quiescence }: Lab, kind: 'container' | 'sandbox'): Promise<void> {
  if (kind === 'container') for (const { id, state } of await sim.runtime.listContainers()) if (state === 'CONTAINER_RUNNING') sim.kill(id);
  if (kind === 'sandbox') for (const { id } of await sim.runtime.listPodSandbox()) sim.kill(id);
  await quiescence.settled();
}

/** Names of status fields whose every change counts; conditions and containers come by name. */
const PLAIN = ['phase', 'reason', 'message', 'podIP'];
const LISTS = ['conditions', 'initContainerStatuses', 'containerStatuses', 'ephemeralContainerStatuses'];

function changesOf(before: Record<string, any>, after: Record<string, any>): Record<string, any> {
  const changes: Record<string, any> = {};
  for (const field of PLAIN) if (after[field] !== undefined && masked(before[field] ?? '') !== masked(after[field])) changes[field] = after[field];
  for (const field of LISTS) {
    const key = field === 'conditions' ? 'type' : 'name';
    const changed = (after[field] ?? []).filter(
      (item: any) => JSON.stringify(item) !== JSON.stringify((before[field] ?? []).find((other: any) => other[key] === item[key])),
    );
    if (changed.length > 0) changes[field] = changed;
  }
  return changes;
}

/** One update as a line; undefined where only what is left out has changed, or what the scheduler wrote. */
function stepText(type: string, pod: string, changes: Record<string, any>): string | undefined {
  if (type !== 'MODIFIED') return `${type} ${pod}`;
  const conditions = (changes['conditions'] ?? [])
    .map((condition: any) =>
      [condition.type, condition.status, condition.reason, condition.message].filter((text) => text !== undefined && text !== '').join(' '),
    )
    .map(masked);
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

const eventText = ({
  type,
  reason,
  message,
  count,
  fieldPath = '',
}: {
  type: string;
  reason: string;
  message: string;
  count: number | null;
  fieldPath?: string;
}): string => masked(`x${count} ${type} ${reason}: ${message} ${fieldPath}`);

const masked = (text: string): string =>
  text
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uid>')
    .replace(/10\.244\.0\.\d+/g, '<podIP>')
    .replace(/ in \S+ \(\S+ including waiting\)\. Image size: \d+ bytes/, ' in <dur>')
    .replace(/(sha256:)[0-9a-f]{64}/g, '$1<digest>')
    .replace(/[0-9a-f]{64}/g, '<id>')
    .replace(/(?<=\()[0-9a-f]{32}(?=\))/g, '<md5>')
    .replace(/pulling from host \S+ failed/, 'pulling from host <host> failed')
    .replace(/used: \d+, capacity/, 'used: <n>, capacity')
    .replace(/image=(\S+)@sha256:\S+/, 'image=$1');
