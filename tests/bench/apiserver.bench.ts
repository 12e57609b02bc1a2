/** What one call of handle() costs, over the memory store and for a caller in this process. */
import type { ApiResponse } from '../../src/apimachinery/request.js';
import { podOfBench } from './pod.js';
import { caller, testServer } from '../support/inprocess.js';

export interface Row {
  name: string;
  value: number;
  unit: string;
}

const ROUNDS = 2_000;
const WATCHERS = 100;

export async function bench(): Promise<Row[]> {
  const { server, quiescence } = await testServer();
  const call = caller(server);
  const body = podOfBench('warm');
  const rows: Row[] = [];
  for (let at = 0; at < ROUNDS; at++) await must(call('POST', '/api/v1/namespaces/default/pods', podOfBench(`warm-${at}`)), 201);
  const create = await timed(ROUNDS, (at) => must(call('POST', '/api/v1/namespaces/default/pods', podOfBench(`p-${at}`)), 201));
  rows.push({ name: `create of a ${(JSON.stringify(body).length / 1024).toFixed(1)} KB pod`, value: create, unit: 'µs' });
  const status = (at: number) => ({ status: { phase: 'Running', podIP: '10.244.0.7', podIPs: [{ ip: '10.244.0.7' }], conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2030-01-01T00:00:00Z', message: String(at) }] } });
  const patch = (name: string, at: number) => must(call('PATCH', `/api/v1/namespaces/default/pods/${name}/status`, status(at), 'application/strategic-merge-patch+json'), 200);
  for (let at = 0; at < ROUNDS; at++) await patch(`warm-${at}`, at);
  rows.push({ name: 'status patch', value: await timed(ROUNDS, (at) => patch(`p-${at}`, at)), unit: 'µs' });
  let delivered = 0;
  const streams = [];
  for (let at = 0; at < WATCHERS; at++) {
    const response = await call('GET', '/api/v1/pods?watch=1&resourceVersion=0');
    if (response.type !== 'watch') throw new Error('not a watch');
    response.events.start(() => delivered++, () => {});
    streams.push(response.events);
  }
  delivered = 0;
  const watched = await timed(ROUNDS, (at) => patch(`p-${at}`, at + ROUNDS));
  for (const stream of streams) stream.stop();
  rows.push({ name: 'one watch delivery', value: Math.max(0, watched - rows[1]!.value) / WATCHERS, unit: 'µs' }, { name: 'deliveries counted', value: delivered, unit: '' });
  rows.push({ name: 'get of one pod', value: await timed(ROUNDS, (at) => must(call('GET', `/api/v1/namespaces/default/pods/p-${at}`), 200)), unit: 'µs' });
  await quiescence.settled();
  await server.stop();
  return rows;
}

async function must(answer: Promise<ApiResponse>, status: number): Promise<void> {
  const response = await answer;
  if (response.status !== status) throw new Error(`${response.status}: ${response.type === 'object' ? JSON.stringify(response.object).slice(0, 500) : ''}`);
}

async function timed(rounds: number, work: (at: number) => Promise<void>): Promise<number> {
  const start = performance.now();
  for (let at = 0; at < rounds; at++) await work(at);
  return ((performance.now() - start) * 1000) / rounds;
}
