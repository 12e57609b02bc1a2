/** Token cleaner: a bootstrap token's Secret goes when its time has come. */
import { keyOf } from '../../apimachinery/object.js';
import { isConflict, isNotFound } from '../../apimachinery/status.js';
import type { Client } from '../../client/client.js';
import { enqueueItself, makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { endOf, TOKEN_TYPE as TYPE } from '../bootstrap/token.js';
import { Secret } from '../kinds.js';

const NAMESPACE = 'kube-system';

export function tokenCleanerController(deps: ControllerDeps): Controller {
  const secrets = deps.informers.of(Secret, { namespace: NAMESPACE, fieldSelector: `type=${TYPE}` });

  async function reconcile(key: string, client: Client): Promise<Outcome> {
    const secret = secrets.lister.get(keyOf(key));
    if (secret === undefined || (secret.data?.['expiration'] ?? '') === '') return;
    // A time that cannot be read has passed, as it has for who authenticates by it.
    const leftMs = (endOf(secret) ?? 0) - deps.clock.now();
    if (leftMs > 0) return { againMs: leftMs };
    const { namespace, name, uid } = secret.metadata;
    await client
      .on(Secret)
      .delete({ namespace: namespace!, name: name! }, { preconditions: { uid: uid! } })
      .catch(orGone);
  }

  return makeController({
    name: 'token-cleaner',
    deps,
    informers: [[Secret, secrets]],
    workers: 1,
    reconcile,
    wire: (queue) => [secrets.handle(enqueueItself(queue))],
  });
}

/** Gone, or made anew, is not ours to delete. */
function orGone(error: unknown): void {
  if (!isNotFound(error) && !isConflict(error)) throw error;
}
