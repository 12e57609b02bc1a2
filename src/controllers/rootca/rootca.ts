/** Root CA publisher: every namespace has the cluster's root certificate in a ConfigMap, put right when somebody edits it. */
import { isAlreadyExists } from '../../apimachinery/status.js';
import type { ObjectDraft } from '../../apimachinery/object.js';
import type { Client } from '../../client/client.js';
import { isNamespaceTerminating } from '../podcontrol.js';
import { anyChange, makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { ConfigMap, Namespace } from '../kinds.js';
import { isSame } from '../order.js';

const NAME = 'kube-root-ca.crt';
const DESCRIPTION =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';
const annotations = { 'kubernetes.io/description': DESCRIPTION };

export function rootCaController(deps: ControllerDeps): Controller {
  const { rootCa } = deps.config;
  const namespaces = deps.informers.of(Namespace);
  const maps = deps.informers.of(ConfigMap, { fieldSelector: `metadata.name=${NAME}` });

  async function reconcile(namespace: string, client: Client): Promise<Outcome> {
    const found = namespaces.lister.get({ name: namespace });
    if (rootCa === undefined || found === undefined || found.status.phase !== 'Active' || found.metadata.deletionTimestamp !== undefined) return;
    const data = { 'ca.crt': rootCa };
    const map = maps.lister.get({ namespace, name: NAME });
    if (map === undefined) return create(client, namespace, data);
    if (isSame(map.data, data) && map.metadata.annotations?.['kubernetes.io/description'] !== undefined) return;
    await client.on(ConfigMap).update({ ...map, data, metadata: { ...map.metadata, annotations: { ...map.metadata.annotations, ...annotations } } });
  }

  async function create(client: Client, namespace: string, data: Record<string, string>): Promise<void> {
    try {
      await client
        .on(ConfigMap)
        .create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: NAME, namespace, annotations }, data } as ObjectDraft<ConfigMap>);
    } catch (error) {
      if (!isAlreadyExists(error) && !isNamespaceTerminating(error)) throw error; // another made it, or it is wanted no more
    }
  }

  return makeController({
    name: 'root-ca-certificate-publisher',
    deps,
    informers: [
      [Namespace, namespaces],
      [ConfigMap, maps],
    ],
    workers: 1,
    reconcile,
    wire: (queue) => [
      namespaces.handle(anyChange(({ metadata }) => queue.add(metadata.name!))),
      maps.handle({ updated: ({ metadata }) => queue.add(metadata.namespace!), deleted: ({ metadata }) => queue.add(metadata.namespace!) }),
    ],
  });
}
