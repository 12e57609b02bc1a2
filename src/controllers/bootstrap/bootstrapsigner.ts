/**
 * Bootstrap signer: kube-public/cluster-info carries, for each bootstrap token
 * that may sign, a signature by which who knows the token can trust it.
 */
import { createHmac } from 'node:crypto';
import type { Client } from '../../client/client.js';
import { anyChange, makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { ConfigMap, Secret } from '../kinds.js';
import { isSame } from '../order.js';
import { endOf, signingToken, TOKEN_TYPE } from './token.js';

const NAMESPACE = 'kube-public';
const NAME = 'cluster-info';
const CONTENT = 'kubeconfig';
const SIGNATURE = 'jws-kubeconfig-';

export function bootstrapSigner(deps: ControllerDeps): Controller {
  const { clock } = deps;
  const secrets = deps.informers.of(Secret, { fieldSelector: `type=${TOKEN_TYPE}`, namespace: 'kube-system' });
  const maps = deps.informers.of(ConfigMap, { fieldSelector: `metadata.name=${NAME}`, namespace: NAMESPACE });

  async function reconcile(_key: string, client: Client): Promise<Outcome> {
    const map = maps.lister.get({ namespace: NAMESPACE, name: NAME });
    const content = map?.data?.[CONTENT];
    if (map === undefined || content === undefined) return;
    const others = Object.entries(map.data ?? {}).filter(([name]) => !name.startsWith(SIGNATURE));
    const tokens = secrets.lister
      .list()
      .map((secret) => signingToken(secret, clock.now()))
      .filter((token) => token !== undefined);
    const data = Object.fromEntries([...others, ...tokens.map(({ id, secret }) => [`${SIGNATURE}${id}`, signature(content, id, secret)] as const)]);
    if (!isSame(data, map.data)) await client.on(ConfigMap).update({ ...map, data });
    const ends = secrets.lister
      .list()
      .map((secret) => endOf(secret) ?? 0)
      .filter((end) => end > clock.now());
    return ends.length === 0 ? undefined : { againMs: Math.min(...ends) - clock.now() };
  }

  return makeController({
    name: 'bootstrap-signer',
    deps,
    informers: [
      [Secret, secrets],
      [ConfigMap, maps],
    ],
    workers: 1,
    reconcile,
    wire: (queue) => [secrets, maps].map((informer) => (informer as typeof maps).handle(anyChange(() => queue.add(NAME)))),
  });
}

/** A JWS of the content without the content. */
function signature(content: string, id: string, secret: string): string {
  const part = (text: string): string => Buffer.from(text).toString('base64url');
  const header = part(JSON.stringify({ alg: 'HS256', kid: id }));
  return `${header}..${createHmac('sha256', secret)
    .update(`${header}.${part(content)}`)
    .digest('base64url')}`;
}
