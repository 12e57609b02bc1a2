/** What a new cluster gets: the control plane's own objects, its nodes' folders, and the add-ons. */
import { KINDS } from '../api/kinds.js';
import { parseYamlDocuments } from '../apimachinery/yaml.js';
import type { KubeObject } from '../apimachinery/object.js';
import { ensureBootstrap, ensureObjects } from '../apiserver/bootstrap/bootstrap.js';
import { ADMIN } from './embedded/reader.js';
import { ClusterError } from './home.js';
import { controlPlaneOf } from './manifests.js';
import { nodeFiles } from './nodefiles.js';
import { hasNodes, hasStaticPods, type Machinery } from './running.js';
import { API_PORT, CONTROL_PLANE_IP, SERVICE_IP } from './topology.js';

/** Written through the API server itself, which need not be live for that: kubeadm's own phase comes before. */
export async function createObjects(machinery: Machinery): Promise<void> {
  const { config, server, clock, keys, manifests, live } = machinery;
  // Pods will ask for tokens; making the key takes longer than anything else here, and needs nobody.
  const tokenKey = keys.tokenKey();
  tokenKey.catch(() => {}); // told to whoever asks for it
  const before = live.names();
  live.set('etcd', true);
  const { cert } = await keys.authority();
  const withControllers = config.components.includes('controllers');
  await ensureBootstrap({
    handler: server,
    kinds: KINDS,
    clock,
    objects: [...manifests.bootstrap(), ...(withControllers ? manifests.controllerAccounts() : [])],
    advertise: { address: CONTROL_PLANE_IP, port: API_PORT },
    serviceIp: SERVICE_IP,
    clientCa: cert,
    frontProxyCa: cert,
    withDefaultAccount: !withControllers,
  });
  if (!before.includes('etcd')) live.set('etcd', false);
  createNodeFiles(machinery);
}

/** The nodes' own folders: their kubelets' configuration, and the static pods of the control plane. */
export function createNodeFiles({ config, manifests, paths }: Machinery): void {
  if (!hasNodes(config) && config.etcd !== undefined) return; // they are, or will be, on another server's disk
  for (const [at, node] of config.nodes.entries()) {
    const files = nodeFiles(paths, config, node);
    files.makeFolder('/etc/kubernetes/manifests');
    files.write('/var/lib/kubelet/config.yaml', KUBELET_CONFIG);
    if (at > 0 || !hasStaticPods(config)) continue;
    for (const part of controlPlaneOf(config)) files.write(`/etc/kubernetes/manifests/${part}.yaml`, manifests.controlPlane(part), { mode: 0o600 });
  }
}

const KUBELET_CONFIG = `apiVersion: kubelet.config.k8s.io/v1beta1
authentication:
  anonymous:
    enabled: false
  webhook:
    enabled: true
  x509:
    clientCAFile: /etc/kubernetes/pki/ca.crt
authorization:
  mode: Webhook
clusterDNS:
- 10.96.0.10
clusterDomain: cluster.local
kind: KubeletConfiguration
rotateCertificates: true
staticPodPath: /etc/kubernetes/manifests
`;

const STEP_MS = 250;
const CONTROL_PLANE_WAIT_MS = 60_000;
const CONTROL_PLANE_LABELS = { 'node-role.kubernetes.io/control-plane': '', 'node.kubernetes.io/exclude-from-external-load-balancers': '' };

/** What kubeadm does last, as the administrator, once the API server is live: the control plane's node is marked, the add-ons applied. */
export async function finishCreation(machinery: Machinery): Promise<void> {
  const { config, handler, manifests, clock } = machinery;
  const [controlPlane] = config.nodes;
  if (controlPlane === undefined || !hasNodes(config)) return;
  await until(clock, async () => (await markControlPlane(machinery, controlPlane)) === 200);
  const objects = config.addons.flatMap((addon) => parseYamlDocuments(manifests.addon(addon)) as KubeObject[]);
  await ensureObjects({ handler, kinds: KINDS, identity: ADMIN, userAgent: 'kubeadm', objects });
}

/** Lets time pass on the cluster's own clock until something holds. */
async function until(clock: Machinery['clock'], holds: () => Promise<boolean>): Promise<void> {
  for (let waitedMs = 0; !(await holds()); waitedMs += STEP_MS) {
    if (waitedMs > CONTROL_PLANE_WAIT_MS) throw new ClusterError("the control plane did not come up; cluster.log in the cluster's folder says why");
    await clock.advance(STEP_MS);
  }
}

/** The answer's code; 0 while nobody answers. A kubelet may not give its own node a role (NodeRestriction). */
async function markControlPlane({ handler, live }: Machinery, node: string): Promise<number> {
  if (!live.has('kube-apiserver')) return 0;
  const { status } = await handler.handle({
    method: 'PATCH',
    path: `/api/v1/nodes/${node}`,
    query: new URLSearchParams(),
    headers: { 'user-agent': 'kubeadm', 'content-type': 'application/merge-patch+json' },
    credentials: { type: 'inProcess', identity: ADMIN },
    body: { metadata: { labels: CONTROL_PLANE_LABELS } },
  });
  return status;
}
