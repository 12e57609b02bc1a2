/** ComponentStatus, asked and not stored: only etcd can be asked from here, through the store. */
import { notFound } from '../../apimachinery/status.js';
import type { KubeObject } from '../../apimachinery/object.js';
import { isInProcess, type KindCall } from '../context.js';
import { listOptions, selection } from '../listoptions.js';

export async function componentStatuses(call: KindCall): Promise<KubeObject> {
  const { info, request, server } = call;
  const healthy = await server.options.store.status().then(() => true, () => false);
  const etcd = {
    kind: 'ComponentStatus', apiVersion: 'v1', metadata: { name: 'etcd-0' },
    conditions: [healthy ? { type: 'Healthy', status: 'True', message: 'ok' } : { type: 'Healthy', status: 'False', message: 'etcd failed' }],
  } as unknown as KubeObject;
  if (info.parts.length > 1) {
    if (info.name !== 'etcd-0') throw notFound({ group: '', resource: 'Component' }, info.name);
    return etcd;
  }
  const { matches } = selection(call.kind, listOptions(request.query, false));
  const items = matches === undefined || matches(etcd) ? [etcd] : [];
  const shown = isInProcess(request) ? items : items.map(({ kind: _, apiVersion: __, ...rest }) => rest);
  return { kind: 'ComponentStatusList', apiVersion: 'v1', metadata: {}, items: shown } as unknown as KubeObject;
}
