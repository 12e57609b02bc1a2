/** NodePorts: no two pods of a node share a port of its own. */
import { reject, SKIP, type Plugin } from '../framework.js';
import { always, type Hint } from '../events.js';
import type { NodeInfo } from '../nodeinfo.js';
import type { PodInfo } from '../podinfo.js';

const NAME = 'NodePorts';
const TAKEN = reject(NAME, 'Unschedulable', "node(s) didn't have free ports for the requested pod ports");

const isFree = (pod: PodInfo, node: NodeInfo): boolean => !pod.ports.some((port) => node.isPortTaken(port));

const ANY_IP = '0.0.0.0';
const frees: Hint = (pod, _, gone: PodInfo) =>
  gone.ports.some(({ protocol, port, ip }) =>
    pod.ports.some((own) => own.protocol === protocol && own.port === port && (own.ip === ip || own.ip === ANY_IP || ip === ANY_IP)),
  );

export const nodePorts = (): Plugin => ({
  name: NAME,
  hints: {
    'AssignedPod/Delete': frees,
    'UnscheduledPod/NominationGone': frees,
    'Node/Add': always,
  },
  preFilter: (_, { ports }) => (ports.length === 0 ? SKIP : undefined),
  filter: (_, pod, node) => (isFree(pod, node) ? undefined : TAKEN),
});
