/** NodePorts: no two pods of a node share a port of its own. */
import { reject, SKIP, type Plugin } from '../framework.js';
import type { NodeInfo } from '../nodeinfo.js';
import type { PodInfo } from '../podinfo.js';

const NAME = 'NodePorts';
const TAKEN = reject(NAME, 'Unschedulable', "node(s) didn't have free ports for the requested pod ports");

const isFree = (pod: PodInfo, node: NodeInfo): boolean => !pod.ports.some((port) => node.isPortTaken(port));

export const nodePorts = (): Plugin => ({
  name: NAME,
  hints: {
    'AssignedPod/Delete': (pod, gone: PodInfo) => gone.ports.some(({ protocol, port }) => pod.ports.some((own) => own.protocol === protocol && own.port === port)),
    'Node/Add': isFree,
  },
  preFilter: (_, { ports }) => (ports.length === 0 ? SKIP : undefined),
  filter: (_, pod, node) => (isFree(pod, node) ? undefined : TAKEN),
});
