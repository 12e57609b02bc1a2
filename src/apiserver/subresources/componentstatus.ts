/** ComponentStatus, asked and not stored (registry/core/componentstatus): etcd through the store, the two others at the ports where they tell of their health. */
import { notFound } from '../../apimachinery/status.js';
import type { KubeObject } from '../../apimachinery/object.js';
import { isInProcess, type KindCall, type Server } from '../context.js';
import { listOptions, selection } from '../listoptions.js';

const PORTS = { scheduler: 10_259, 'controller-manager': 10_257 } as const;

export async function componentStatuses(call: KindCall): Promise<KubeObject> {
  const { info, request, server } = call;
  if (info.parts.length > 1) {
    const one = (await statuses(server, info.name))[0];
    if (one === undefined) throw notFound({ group: '', resource: 'Component' }, info.name);
    return one;
  }
  const { matches } = selection(call.kind, listOptions(request.query, false));
  const items = (await statuses(server, undefined)).filter((status) => matches?.(status) ?? true);
  const shown = isInProcess(request) ? items : items.map(({ kind: _, apiVersion: __, ...rest }) => rest);
  return { kind: 'ComponentStatusList', apiVersion: 'v1', metadata: {}, items: shown } as unknown as KubeObject;
}

/** Of the component called `only`, or of all. */
async function statuses({ options }: Server, only: string | undefined): Promise<KubeObject[]> {
  const found: KubeObject[] = [];
  for (const [name, port] of Object.entries(PORTS)) {
    if (only !== undefined && only !== name) continue;
    const message = options.isLive?.(`kube-${name as keyof typeof PORTS}`)
      ? undefined
      : `Get "https://127.0.0.1:${port}/healthz": dial tcp 127.0.0.1:${port}: connect: connection refused`;
    found.push(statusOf(name, message));
  }
  if (only === undefined || only === 'etcd-0') {
    const isHealthy = await options.store.status().then(
      () => true,
      () => false,
    );
    found.push(statusOf('etcd-0', isHealthy ? undefined : 'etcd failed'));
  }
  return found;
}

function statusOf(name: string, problem: string | undefined): KubeObject {
  const condition = { type: 'Healthy', status: problem === undefined ? 'True' : 'False', message: problem ?? 'ok' };
  return { kind: 'ComponentStatus', apiVersion: 'v1', metadata: { name }, conditions: [condition] } as unknown as KubeObject;
}
