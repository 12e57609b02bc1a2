/** What a pod is taken to ask for: containers, those that start before them, the pod as a whole, and resizes under way. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { requestsOf } from '../../src/scheduler/resources.js';

const container = (name: string, cpu?: string, own: object = {}): object => ({
  name,
  image: 'app:1',
  resources: cpu === undefined ? {} : { requests: { cpu } },
  ...own,
});
const sidecar = (name: string, cpu: string): object => container(name, cpu, { restartPolicy: 'Always' });
const told = (name: string, cpu: string, allocated = cpu): object => ({ name, resources: { requests: { cpu } }, allocatedResources: { cpu: allocated } });
const infeasible = [{ type: 'PodResizePending', status: 'True', reason: 'Infeasible' }];

const pods: { name: string; spec: object; status?: object; cpu: number; scored?: number }[] = [
  { name: 'containers together', spec: { containers: [container('a', '1'), container('b', '500m')] }, cpu: 1500 },
  { name: 'the greatest init container, where that is more', spec: { containers: [container('a', '1')], initContainers: [container('i', '3')] }, cpu: 3000 },
  { name: 'sidecars beside the containers', spec: { containers: [container('a', '1')], initContainers: [sidecar('s', '1')] }, cpu: 2000 },
  {
    name: 'an init container beside the sidecars before it',
    spec: { containers: [container('a', '1')], initContainers: [sidecar('s', '1'), container('i', '2')] },
    cpu: 3000,
  },
  { name: 'but not those after it', spec: { containers: [container('a', '1')], initContainers: [container('i', '2'), sidecar('s', '1')] }, cpu: 2000 },
  { name: 'overhead beside it', spec: { containers: [container('a', '1')], overhead: { cpu: '250m' } }, cpu: 1250 },
  { name: 'what the pod as a whole asks for instead', spec: { containers: [container('a', '1')], resources: { requests: { cpu: '3' } } }, cpu: 3000 },
  { name: 'a little for scores, where nothing is asked for', spec: { containers: [container('a'), container('b', '1')] }, cpu: 1000, scored: 1100 },
  {
    name: 'what a container still has while it shrinks',
    spec: { containers: [container('a', '1')] },
    status: { containerStatuses: [told('a', '2')] },
    cpu: 2000,
  },
  { name: 'what is wished for while it grows', spec: { containers: [container('a', '3')] }, status: { containerStatuses: [told('a', '2')] }, cpu: 3000 },
  {
    name: 'but not what can never be',
    spec: { containers: [container('a', '300')] },
    status: { containerStatuses: [told('a', '2')], conditions: infeasible },
    cpu: 2000,
  },
  {
    name: 'sidecars that are resized',
    spec: { containers: [container('a', '1')], initContainers: [sidecar('s', '1')] },
    status: { initContainerStatuses: [told('s', '2')] },
    cpu: 3000,
  },
  {
    name: 'init containers as written, whatever their status',
    spec: { containers: [container('a', '1')], initContainers: [container('i', '2')] },
    status: { initContainerStatuses: [told('i', '5')] },
    cpu: 2000,
  },
  {
    name: 'what the pod as a whole has while it shrinks',
    spec: { containers: [container('a', '1')], resources: { requests: { cpu: '2' } } },
    status: { resources: { requests: { cpu: '4' } }, allocatedResources: { cpu: '3' } },
    cpu: 4000,
  },
];

test.each(pods)('a pod asks for $name', ({ spec, status = {}, cpu, scored }) => {
  const { requests, nonZero } = requestsOf({ metadata: {}, spec, status } as any);
  assert.equal(requests.cpu, cpu);
  if (scored !== undefined) assert.equal(nonZero.cpu, scored);
});
