/** A scheduler at work on an API server in memory, with the controllers asked for and no kubelets, on a virtual clock. */
import { createInformerFactory } from '../../src/client/informerfactory.js';
import type { Delayed } from '../../src/client/workqueue.js';
import { seededRandom } from '../../src/platform/random.js';
import { createScheduler, type SchedulerOptions } from '../../src/scheduler/scheduler.js';
import { controlPlane } from '../support/controlplane.js';

export async function schedulerPlane({ controllers = [], seed = 7 }: { controllers?: readonly string[]; seed?: number } = {}) {
  const plane = await controlPlane({ only: controllers, seed });
  const { clock, quiescence } = plane;
  const lines: string[] = [];
  const log = { info() {}, warning() {}, error: (line: string) => void lines.push(line) };
  const ask = async (method: string, path: string, body?: object, type = 'application/json'): Promise<any> => {
    const answer = await plane.send({ method, path, headers: { 'content-type': type }, body: body === undefined ? undefined : JSON.stringify(body) });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.text}`);
    await quiescence.settled();
    return JSON.parse(answer.text);
  };
  if (!controllers.includes('serviceaccount'))
    await ask('POST', '/api/v1/namespaces/default/serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } });

  async function start(left: readonly Delayed[] = [], options: Pick<SchedulerOptions, 'config' | 'ask'> = {}) {
    const client = plane.clientFor({ name: 'system:kube-scheduler', groups: ['system:authenticated'] }, 'kube-scheduler');
    const random = seededRandom(seed);
    const informers = createInformerFactory({ client, clock, quiescence, random });
    const scheduler = createScheduler({ client, informers, clock, random, log, quiescence, hostname: 'm-k8s', ...options });
    scheduler.restore(left);
    await scheduler.start();
    await quiescence.settled();
    return {
      scheduler,
      async stop() {
        await scheduler.stop();
        informers.stop();
      },
    };
  }

  const PODS = '/api/v1/namespaces/default/pods';
  return {
    ...plane,
    lines,
    ask,
    start,
    makeNode: (name: string, options: NodeOptions = {}) => ask('POST', '/api/v1/nodes', node(name, options)),
    makePod: (name: string, spec: PodOptions = {}, metadata: object = {}) => ask('POST', PODS, pod(name, spec, metadata)),
    pod: (name: string) => ask('GET', `${PODS}/${name}`),
    nodeOf: async (name: string): Promise<string | undefined> => (await ask('GET', `${PODS}/${name}`)).spec.nodeName,
    why: async (name: string): Promise<{ reason: string; message: string }> => {
      const { reason, message } = (await ask('GET', `${PODS}/${name}`)).status.conditions.find(({ type }: { type: string }) => type === 'PodScheduled');
      return { reason, message };
    },
    events: async (name: string): Promise<string[]> =>
      (await ask('GET', `/api/v1/namespaces/default/events?fieldSelector=involvedObject.name=${name}`)).items.map(
        ({ reason, message }: any) => `${reason}: ${message}`,
      ),
  };
}

export interface PodOptions {
  cpu?: string;
  [field: string]: unknown;
}

export interface NodeOptions {
  labels?: Record<string, string>;
  allocatable?: Record<string, string>;
  spec?: object;
}

function node(name: string, { labels = {}, allocatable = {}, spec = {} }: NodeOptions): object {
  const amounts = { cpu: '4', memory: '8Gi', pods: '110', ...allocatable };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec,
    status: { capacity: amounts, allocatable: amounts, conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

function pod(name: string, { cpu, ...spec }: PodOptions, metadata: object): object {
  const container = { name: 'c', image: 'app:1', ...(cpu === undefined ? {} : { resources: { requests: { cpu } } }) };
  // Without the admission that taints new nodes and tolerations that controllers add, pods tolerate what every new node has.
  const tolerations = [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists' }, ...((spec['tolerations'] as object[] | undefined) ?? [])];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...metadata },
    spec: { terminationGracePeriodSeconds: 0, containers: [container], ...spec, tolerations },
  };
}
