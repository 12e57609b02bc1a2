/** get and list of metrics.k8s.io: what the cluster measured just now, selected and told as metrics-server does. */
import { notFound } from '../../apimachinery/status.js';
import type { KubeObject } from '../../apimachinery/object.js';
import { read } from '../registry/reads.js';
import { isInProcess, type KindCall } from '../context.js';
import { listOptions, selection } from '../listoptions.js';

export async function measured(call: KindCall): Promise<KubeObject> {
  const { info, request, kind, server } = call;
  const { metrics } = server.options;
  if (metrics === undefined) throw notFound({ group: kind.group, resource: kind.plural }, info.name);
  const objects = kind.plural === 'nodes' ? await metrics.nodes() : await metrics.pods(info.namespace === '' ? undefined : info.namespace);
  if (info.parts.length > 1) return one(call, objects as readonly KubeObject[]);
  const { matches } = selection(kind, listOptions(request.query, false));
  const items = (objects as readonly KubeObject[]).filter((object) => matches === undefined || matches(object));
  const shown = isInProcess(request) ? items : items.map(({ kind: _, apiVersion: __, ...rest }) => rest);
  return { kind: kind.listKind, apiVersion: 'metrics.k8s.io/v1beta1', metadata: {}, items: shown } as unknown as KubeObject;
}

/** As metrics-server does: who is not there is missed by its own name, who was not measured by that of its metrics. */
async function one({ info, kind, server }: KindCall, objects: readonly KubeObject[]): Promise<KubeObject> {
  const found = objects.find(({ metadata }) => metadata.name === info.name && (metadata.namespace ?? '') === info.namespace);
  if (found !== undefined) return found;
  const owner = await read(server, '', kind.plural, { namespace: info.namespace, name: info.name });
  if (owner === undefined) throw notFound({ group: '', resource: kind.plural }, info.name);
  throw notFound(
    { group: kind.group, resource: kind.plural === 'pods' ? 'podmetrics' : 'nodemetrics' },
    kind.namespaced ? `${info.namespace}/${info.name}` : info.name,
  );
}
