/** Token cleaner: bootstrap tokens go when their time is over. */
import { keyOf } from '../../apimachinery/object.js';
import { isNotFound } from '../../apimachinery/status.js';
import type { Client } from '../../client/client.js';
import { keyFor } from '../../client/resource.js';
import { enqueueItself, makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { Secret } from '../kinds.js';
import { endOf, TOKEN_TYPE } from './token.js';

export function tokenCleaner(deps: ControllerDeps): Controller {
  const secrets = deps.informers.of(Secret, { fieldSelector: `type=${TOKEN_TYPE}`, namespace: 'kube-system' });

  async function reconcile(key: string, client: Client): Promise<Outcome> {
    const secret = secrets.lister.get(keyOf(key));
    const end = secret === undefined ? undefined : endOf(secret);
    if (secret === undefined || end === undefined) return;
    const left = end - deps.clock.now();
    if (left > 0) return { againMs: left };
    try {
      await client.on(Secret).delete(keyFor(secret), { preconditions: { uid: secret.metadata.uid! } });
    } catch (error) {
      if (!isNotFound(error)) throw error; // gone is what was wanted
    }
  }

  return makeController({ name: 'token-cleaner', deps, informers: [[Secret, secrets]], workers: 1, reconcile, wire: (queue) => [secrets.handle(enqueueItself(queue))] });
}
