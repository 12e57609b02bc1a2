/**
 * Tokens controller: a Secret of type kubernetes.io/service-account-token holds
 * a token of the account it names, the cluster's certificate and its namespace;
 * it goes when that account does.
 */
import { isNotFound } from '../../apimachinery/status.js';
import type { Client } from '../../client/client.js';
import { anyChange, enqueueItself, makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { keyOf } from '../../apimachinery/object.js';
import { Secret, ServiceAccount } from '../kinds.js';

const TYPE = 'kubernetes.io/service-account-token';
const NAME = 'kubernetes.io/service-account.name';
const UID = 'kubernetes.io/service-account.uid';
const BY_ACCOUNT = 'service-account';

export function serviceAccountTokenController(deps: ControllerDeps): Controller {
  const { issueSecretToken, rootCa } = deps.config;
  const secrets = deps.informers.of(Secret, {
    fieldSelector: `type=${TYPE}`,
    indexers: { [BY_ACCOUNT]: ({ metadata }) => (metadata.annotations?.[NAME] === undefined ? [] : [`${metadata.namespace}/${metadata.annotations[NAME]}`]) },
  });
  const accounts = deps.informers.of(ServiceAccount);

  async function reconcile(key: string, client: Client): Promise<Outcome> {
    const secret = secrets.lister.get(keyOf(key));
    const name = secret?.metadata.annotations?.[NAME] ?? '';
    if (secret === undefined || name === '' || issueSecretToken === undefined) return;
    const { namespace = '' } = secret.metadata;
    const account = accounts.lister.get({ namespace, name }) ?? (await client.on(ServiceAccount).get({ namespace, name }).catch(orGone));
    const uid = secret.metadata.annotations?.[UID] ?? '';
    if (account === undefined || (uid !== '' && uid !== account.metadata.uid)) return remove(client, secret);
    const data = secret.data ?? {};
    const ca = rootCa === undefined ? undefined : Buffer.from(rootCa).toString('base64');
    if (uid !== '' && data['token'] && data['namespace'] && (ca === undefined || data['ca.crt'] === ca)) return;
    const token =
      data['token'] ||
      Buffer.from(await issueSecretToken({ namespace, serviceAccount: { name, uid: account.metadata.uid! }, secret: secret.metadata.name! })).toString(
        'base64',
      );
    await client.on(Secret).update({
      ...secret,
      metadata: { ...secret.metadata, annotations: { ...secret.metadata.annotations, [UID]: account.metadata.uid! } },
      data: { ...data, ...(ca === undefined ? {} : { 'ca.crt': ca }), namespace: Buffer.from(namespace).toString('base64'), token },
    });
  }

  async function remove(client: Client, { metadata }: Secret): Promise<void> {
    await client
      .on(Secret)
      .delete({ namespace: metadata.namespace!, name: metadata.name! }, { preconditions: { uid: metadata.uid! } })
      .catch(orGone);
  }

  return makeController({
    name: 'serviceaccount-token',
    deps,
    informers: [
      [Secret, secrets],
      [ServiceAccount, accounts],
    ],
    workers: 5,
    reconcile,
    wire: (queue) => [
      secrets.handle(enqueueItself(queue)),
      accounts.handle(
        anyChange(({ metadata }) => {
          for (const secret of secrets.lister.byIndex(BY_ACCOUNT, `${metadata.namespace}/${metadata.name}`))
            queue.add(`${secret.metadata.namespace}/${secret.metadata.name}`);
        }),
      ),
    ],
  });
}

/** What is gone is an answer here. */
function orGone(error: unknown): undefined {
  if (!isNotFound(error)) throw error;
  return undefined;
}
