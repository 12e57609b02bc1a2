/** What a new cluster gets: the control plane's own objects, its nodes' folders, and the add-ons. */
import { KINDS } from '../api/kinds.js';
import { parseYamlDocuments } from '../apimachinery/yaml.js';
import type { KubeObject } from '../apimachinery/object.js';
import { ensureBootstrap, ensureObjects } from '../apiserver/bootstrap/bootstrap.js';
import { ADMIN } from './embedded/reader.js';
import { ClusterError } from './home.js';
import { CONTROL_PLANE } from './manifests.js';
import { nodeFiles } from './nodefiles.js';
import { hasStaticPods, type Machinery } from './running.js';
import { API_PORT, CONTROL_PLANE_IP, SERVICE_IP } from './topology.js';

/** Written through the API server itself, which need not be live for that: kubeadm's own phase comes before. */
export async function createObjects({ config, server, clock, keys, manifests, paths, live }: Machinery): Promise<void> {
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
  for (const [at, node] of config.nodes.entries()) {
    const files = nodeFiles(paths, config, node);
    files.makeFolder('/etc/kubernetes/manifests');
    files.write('/var/lib/kubelet/config.yaml', KUBELET_CONFIG);
    if (at > 0 || !hasStaticPods(config)) continue;
    for (const part of CONTROL_PLANE) files.write(`/etc/kubernetes/manifests/${part}.yaml`, manifests.controlPlane(part), { mode: 0o600 });
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

/** As the administrator would apply them, once the API server is live. */
export async function installAddons({ config, handler, manifests, clock, live }: Machinery): Promise<void> {
  if (config.addons.length === 0) return;
  for (let waitedMs = 0; !live.has('kube-apiserver'); waitedMs += STEP_MS) {
    if (waitedMs > CONTROL_PLANE_WAIT_MS) throw new ClusterError('the control plane did not come up; cluster.log in the cluster\'s folder says why');
    await clock.advance(STEP_MS);
  }
  const objects = config.addons.flatMap((addon) => parseYamlDocuments(manifests.addon(addon)) as KubeObject[]);
  await ensureObjects({ handler, kinds: KINDS, identity: ADMIN, userAgent: 'kubeadm', objects });
}
