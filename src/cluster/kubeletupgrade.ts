/**
 * What a kubelet answers when somebody upgrades through nodes/proxy: the ports
 * of its pods. The query stays behind on that way, as in Kubernetes, so exec
 * and attach, whose command and streams are in it, can only be refused there.
 */
import type { Pod } from '../api/core/pod.js';
import type { PortForwardSession } from '../apimachinery/request.js';
import type { DialResponse } from '../apiserver/nodeconnector.js';
import type { KubeletHttp } from './kubelethttp.js';

const PORT_FORWARD = /^\/portForward\/([^/]+)\/([^/]+)(?:\/([^/]+))?\/?$/;

export async function kubeletUpgrade(
  { kubelet, pods }: Pick<KubeletHttp, 'kubelet' | 'pods'>,
  { path, headers }: { path: string; headers: Readonly<Record<string, unknown>> },
): Promise<DialResponse | PortForwardSession> {
  if (/^\/(exec|attach)\/[^/]+\/[^/]+\/[^/]+/.test(path)) return refusal(400, 'you must specify at least 1 of stdin, stdout, stderr');
  const [, namespace, name, uid] = PORT_FORWARD.exec(path) ?? [];
  if (namespace === undefined || name === undefined) return refusal(404, '404 page not found\n');
  if (String(headers['upgrade']).toLowerCase() === 'websocket') return refusal(400, 'query parameter "port" is required');
  const pod = pods().find(({ metadata }: Pod) => metadata.namespace === namespace && metadata.name === name);
  if (pod === undefined) return refusal(404, 'pod does not exist');
  if (uid !== undefined && pod.metadata.uid !== uid) return refusal(404, 'pod not found');
  return kubelet.api.portForward({ namespace, pod: name, uid: pod.metadata.uid! });
}

const refusal = (status: number, text: string): DialResponse => ({ status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: Buffer.from(text) });
