/** debug of a node: a pod on it that no taint keeps away. */
import type { Context } from '../../context.js';
import { pathOf } from '../../discovery.js';
import { nameSuffix } from '../../suffix.js';
import { PODS } from '../exec.js';
import { customized } from './custom.js';
import type { Debugging } from './follow.js';
import { describedContainer, type DebugOptions } from './options.js';

export async function debugNode(context: Context, node: any, options: DebugOptions): Promise<Debugging> {
  const container = options.container === '' ? 'debugger' : options.container;
  const name = `node-debugger-${node.metadata.name}-${nameSuffix(context, node.metadata.name)}`;
  if (!options.quiet) context.out(`Creating debugging pod ${name} with container ${container} on node ${node.metadata.name}.\n`);
  const pod: any = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { 'app.kubernetes.io/managed-by': 'kubectl-debug' } },
    spec: { containers: [describedContainer(options, container)], nodeName: node.metadata.name, restartPolicy: 'Never', tolerations: [{ operator: 'Exists' }] },
  };
  options.profile(pod, pod.spec.containers[0], 'node', options.keep);
  pod.spec.containers[0] = await customized(pod.spec.containers[0], options.custom);
  return { pod: await (await context.rest()).object('POST', pathOf(PODS, { namespace: await context.namespace() }), { body: pod }), container };
}
