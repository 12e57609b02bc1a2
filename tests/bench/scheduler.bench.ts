/** How many pods a second find a node in a cluster of 5,000, over the API and back: bound, their events written, caches told. */
import { createInformerFactory } from '../../src/client/informerfactory.js';
import { createClient } from '../../src/client/resource.js';
import { InProcessIdentity } from '../../src/apimachinery/request.js';
import { silentLog } from '../../src/platform/component.js';
import { seededRandom } from '../../src/platform/random.js';
import { createScheduler } from '../../src/scheduler/scheduler.js';
import { Pod } from '../../src/scheduler/kinds.js';
import { caller, testServer } from '../support/inprocess.js';

export interface Row {
  name: string;
  value: number;
  unit: string;
}

const NODES = 5_000;
const PLAIN = 10_000;
const CHOOSY = 1_000;

export async function schedulerBench(): Promise<Row[]> {
  const rows: Row[] = [];
  rows.push(await measured(`plain pods on ${NODES} nodes`, PLAIN, () => ({})));
  const zone = 'topology.kubernetes.io/zone';
  const labelSelector = { matchLabels: { app: 'bench' } };
  rows.push(
    await measured(`pods spread over zones and hosts of ${NODES} nodes`, CHOOSY, () => ({
      topologySpreadConstraints: [
        { maxSkew: 1, topologyKey: zone, whenUnsatisfiable: 'DoNotSchedule', labelSelector },
        { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway', labelSelector },
      ],
    })),
  );
  rows.push(
    await measured(`pods that shun each other's hosts on ${NODES} nodes`, CHOOSY, () => ({
      affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname', labelSelector }] } },
    })),
  );
  return rows;
}

async function measured(name: string, pods: number, spec: () => object): Promise<Row> {
  const { server, clock, quiescence } = await testServer();
  const call = caller(server);
  const make = async (path: string, body: object): Promise<void> => {
    const answer = await call('POST', path, body);
    if (answer.status !== 201) throw new Error(`${answer.status}: ${JSON.stringify(answer)}`);
  };
  for (let at = 0; at < NODES; at++) await make('/api/v1/nodes', node(at));
  for (let at = 0; at < pods; at++) await make('/api/v1/namespaces/default/pods', pod(at, spec()));
  const client = createClient({
    handler: server,
    credentials: { type: 'inProcess', identity: new InProcessIdentity({ name: 'system:kube-scheduler', groups: ['system:authenticated'] }) },
    userAgent: 'kube-scheduler',
    quiescence,
  });
  const random = seededRandom(7);
  const informers = createInformerFactory({ client, clock, quiescence, random });
  const scheduler = createScheduler({ client, informers, clock, random, log: silentLog, quiescence });
  await informers.start();
  const start = performance.now();
  await scheduler.start();
  await quiescence.settled();
  const seconds = (performance.now() - start) / 1000;
  const unbound = informers
    .of(Pod)
    .lister.list()
    .filter((one) => !one.spec.nodeName).length;
  if (unbound > 0) throw new Error(`${unbound} pods have no node`);
  await scheduler.stop();
  informers.stop();
  await server.stop();
  return { name, value: Math.round(pods / seconds), unit: 'pods/s' };
}

function node(at: number): object {
  const name = `node-${at}`;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': `zone-${at % 3}` } },
    status: {
      allocatable: { cpu: '8', memory: '32Gi', pods: '110' },
      capacity: { cpu: '8', memory: '32Gi', pods: '110' },
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  };
}

function pod(at: number, spec: object): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `p-${at}`, labels: { app: 'bench' } },
    spec: {
      containers: [{ name: 'c', image: 'app:1', resources: { requests: { cpu: '100m', memory: '128Mi' } } }],
      tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists' }],
      ...spec,
    },
  };
}
