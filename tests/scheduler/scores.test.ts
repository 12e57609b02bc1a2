/** How nodes that would do are compared: what plugins give them, and which of equals is taken. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { topOfHeap } from '../../src/scheduler/cycle.js';
import { decisionOn } from './decision.js';

const node = (
  name: string,
  { cpu = '4', memory = '8Gi', images = [], labels = {} }: { cpu?: string; memory?: string; images?: object[]; labels?: object } = {},
): object => ({
  metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
  status: { allocatable: { cpu, memory, pods: '110' }, images },
});
const pod = (requests: object, spec: object = {}): object => ({ spec: { containers: [{ name: 'c', image: 'app:1', resources: { requests } }], ...spec } });
const image = (sizeBytes: number, name = 'app:1'): object => ({ names: [name], sizeBytes });

test('balance is what the pod changes in it, in whole points', () => {
  const nodes = [node('empty'), node('lopsided'), node('full')];
  const existing = [pod({ cpu: '2' }, { nodeName: 'lopsided' }), pod({ cpu: '3900m', memory: '8000Mi' }, { nodeName: 'full' })];
  const { scores } = decisionOn({ nodes, existing });
  assert.deepEqual(scores('NodeResourcesBalancedAllocation', pod({ cpu: '1', memory: '2Gi' })), { empty: 75, lopsided: 75, full: 75 });
  assert.deepEqual(scores('NodeResourcesBalancedAllocation', pod({ memory: '4Gi' })), { empty: 62, lopsided: 87, full: 74 });
  assert.deepEqual(scores('NodeResourcesBalancedAllocation', pod({})), {}, 'who asks for nothing balances nothing');
});

test('an image is everywhere as big as the node said that came first', () => {
  const mebibytes = 1024 * 1024;
  const nodes = [node('a', { images: [image(264 * mebibytes)] }), node('b'), node('c', { images: [image(697 * mebibytes)] })];
  const { scores, cache } = decisionOn({ nodes });
  const { a, b, c } = scores('ImageLocality', pod({}));
  assert.deepEqual([a, b, c], [15, 0, 15]);
  cache.removeNode('a');
  assert.equal(cache.image('app:1')!.size, 264 * mebibytes);
  cache.removeNode('c');
  assert.equal(cache.image('app:1'), undefined);
});

test('of nodes with equal scores the top of Kubernetes’ heap is taken, every time', () => {
  const tops: [number[], number][] = [
    [[5], 0],
    [[5, 5], 0],
    [[1, 5, 5], 1],
    [[1, 1, 5, 5], 3],
    [[3, 5, 4, 5, 5], 1],
    [[0, 1, 2, 3, 9, 9, 9], 4],
  ];
  for (const [scores, top] of tops) assert.equal(topOfHeap(scores), top, scores.join(' '));
  const { nodeFor } = decisionOn({ nodes: [node('a'), node('b'), node('c')] });
  assert.deepEqual([nodeFor(pod({})), nodeFor(pod({})), nodeFor(pod({}))], ['a', 'a', 'a']);
});
