/**
 * What one call of handle() costs, over the memory store and for a caller in
 * this process. On a machine that does other things too, a time says little:
 * beside each stands what it is in JSON round trips of the same pod, measured
 * in turns with it. Of many short rounds the middle one counts.
 */
import type { ApiResponse } from '../../src/apimachinery/request.js';
import { caller, testServer } from '../support/inprocess.js';
import { podOfBench } from './pod.js';

export interface Row {
  name: string;
  value: number;
  unit: string;
  goal?: number;
}

const ROUNDS = 40;
const CALLS = 100;
const WARM = 1_500;
/** By the measure of creates. */
const MADE = WARM + ROUNDS * CALLS;
const WATCHERS = 100;
const LISTED = 10_000;
const PODS = '/api/v1/namespaces/default/pods';
const STRATEGIC = 'application/strategic-merge-patch+json';

type Work = (at: number) => Promise<unknown>;

export async function bench(): Promise<Row[]> {
  const { server, quiescence } = await testServer();
  const call = caller(server);
  const rows: Row[] = [];
  const measure = async (name: string, work: Work, goal?: number, rounds = ROUNDS, calls = CALLS): Promise<void> => {
    const { micros, ratio } = await compared(work, rounds, calls);
    rows.push({ name, value: micros, unit: 'µs', ...(goal === undefined ? {} : { goal }) }, { name: `${name} : JSON round trip`, value: ratio, unit: '×' });
  };
  rows.push({
    name: `JSON round trip of a ${(JSON.stringify(podOfBench('p')).length / 1024).toFixed(1)} KB pod`,
    value: (await compared(async () => {}, ROUNDS, CALLS)).yard,
    unit: 'µs',
  });
  await measure('create of that pod', (at) => must(call('POST', PODS, podOfBench(`p-${at}`)), 201), 150);
  await measure('status patch', (at) => must(call('PATCH', `${PODS}/p-${MADE - 1 - (at % WARM)}/status`, status(at), STRATEGIC), 200), 120);
  await must(call('POST', PODS, podOfBench('one')), 201);
  await measure('one watch delivery', await watched(call), 5 * WATCHERS);
  // Told for one watcher: the rest of that row is the write itself.
  for (const row of rows.slice(-2)) row.value /= WATCHERS;
  rows.at(-2)!.goal = 5;
  const labels = (at: number) => ({ metadata: { labels: { turn: `t${at}` } } });
  await measure('get', () => must(call('GET', `${PODS}/one`), 200));
  await measure('strategic merge patch', (at) => must(call('PATCH', `${PODS}/one`, labels(at), STRATEGIC), 200));
  await measure('merge patch', (at) => must(call('PATCH', `${PODS}/one`, labels(at), 'application/merge-patch+json'), 200));
  await measure('JSON patch', (at) =>
    must(call('PATCH', `${PODS}/one`, [{ op: 'add', path: '/metadata/labels/turn', value: `t${at}` }], 'application/json-patch+json'), 200),
  );
  await measure('get and update', (at) => getAndUpdate(call, at));
  await must(call('PATCH', `${PODS}/applied?fieldManager=bench`, podOfBench('applied'), 'application/apply-patch+yaml'), 201);
  await measure('apply', (at) =>
    must(
      call(
        'PATCH',
        `${PODS}/applied?fieldManager=bench`,
        { ...podOfBench('applied'), metadata: { name: 'applied', labels: { turn: `t${at}` } } },
        'application/apply-patch+yaml',
      ),
      200,
    ),
  );
  const { metadata } = (await must(call('GET', `${PODS}?limit=1`), 200)) as unknown as { metadata: { remainingItemCount?: number } };
  for (let at = (metadata.remainingItemCount ?? 0) + 1; at < LISTED; at++) await must(call('POST', PODS, podOfBench(`more-${at}`)), 201);
  await measure('list of 500 pods', () => must(call('GET', `${PODS}?limit=500`), 200), undefined, 10, 5);
  await measure('list of 10,000 pods', () => must(call('GET', `${PODS}?limit=${LISTED}`), 200), undefined, 5, 1);
  await quiescence.settled();
  await server.stop();
  return rows;
}

const status = (at: number) => ({
  status: {
    phase: 'Running',
    podIP: '10.244.0.7',
    podIPs: [{ ip: '10.244.0.7' }],
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2030-01-01T00:00:00Z', message: String(at) }],
  },
});

type Call = ReturnType<typeof caller>;

/** A status patch that all watchers are told of. */
async function watched(call: Call): Promise<Work> {
  let delivered = 0;
  for (let at = 0; at < WATCHERS; at++) {
    const response = await call('GET', `${PODS}?watch=1&resourceVersion=0`);
    if (response.type !== 'watch') throw new Error('not a watch');
    response.events.start(
      () => delivered++,
      () => {},
    );
  }
  return async (at) => {
    const before = delivered;
    await must(call('PATCH', `${PODS}/one/status`, status(at), STRATEGIC), 200);
    if (delivered - before !== WATCHERS) throw new Error(`${delivered - before} watchers were told`);
  };
}

async function getAndUpdate(call: Call, at: number): Promise<void> {
  const pod = (await must(call('GET', `${PODS}/one`), 200)) as { metadata: { labels: object } };
  await must(call('PUT', `${PODS}/one`, { ...pod, metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, turn: `u${at}` } } }), 200);
}

async function must(answer: Promise<ApiResponse>, wanted: number): Promise<object> {
  const response = await answer;
  if (response.type !== 'object' || response.status !== wanted)
    throw new Error(`${response.status}: ${response.type === 'object' ? JSON.stringify(response.object).slice(0, 500) : ''}`);
  return response.object;
}

async function compared(work: Work, rounds: number, calls: number): Promise<{ micros: number; yard: number; ratio: number }> {
  let serial = 0;
  for (const until = Math.min(WARM, rounds * calls); serial < until; serial++) await work(serial);
  const text = JSON.stringify(podOfBench('p'));
  const times: number[] = [];
  const yards: number[] = [];
  for (let round = 0; round < rounds; round++) {
    times.push(await timed(calls, () => work(serial++)));
    yards.push(await timed(CALLS, async () => JSON.stringify(JSON.parse(text))));
  }
  const [micros, yard] = [middle(times), middle(yards)];
  return { micros, yard, ratio: micros / yard };
}

const middle = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;

/** Of the processor, which is what a call costs: others on the machine lengthen only the time. */
function spent(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

async function timed(calls: number, work: () => Promise<unknown>): Promise<number> {
  const before = spent();
  for (let at = 0; at < calls; at++) await work();
  return (spent() - before) / calls;
}
