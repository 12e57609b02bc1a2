/** Service account controller: every namespace that is in use has a ServiceAccount "default". */
import { isAlreadyExists } from '../../apimachinery/status.js';
import type { ObjectDraft } from '../../apimachinery/object.js';
import type { Client } from '../../client/client.js';
import { isNamespaceTerminating } from '../podcontrol.js';
import { anyChange, makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { Namespace, ServiceAccount } from '../kinds.js';

const DEFAULT = 'default';

export function serviceAccountController(deps: ControllerDeps): Controller {
  const namespaces = deps.informers.of(Namespace);
  const accounts = deps.informers.of(ServiceAccount);

  async function reconcile(name: string, client: Client): Promise<Outcome> {
    const namespace = namespaces.lister.get({ name });
    if (namespace === undefined || namespace.status.phase !== 'Active' || namespace.metadata.deletionTimestamp !== undefined) return;
    if (accounts.lister.get({ namespace: name, name: DEFAULT }) !== undefined) return;
    try {
      await client
        .on(ServiceAccount)
        .create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: DEFAULT, namespace: name } } as ObjectDraft<ServiceAccount>);
    } catch (error) {
      if (!isAlreadyExists(error) && !isNamespaceTerminating(error)) throw error; // another made it, or it is wanted no more
    }
  }

  return makeController({
    name: 'serviceaccount',
    deps,
    informers: [
      [Namespace, namespaces],
      [ServiceAccount, accounts],
    ],
    workers: 1,
    reconcile,
    wire: (queue) => [
      namespaces.handle(anyChange(({ metadata }) => queue.add(metadata.name!))),
      accounts.handle({
        deleted({ metadata }) {
          if (metadata.name === DEFAULT) queue.add(metadata.namespace!);
        },
      }),
    ],
  });
}
