/** An API server in memory with controllers at work on its virtual clock: what `serve --bare` is, without a scheduler and kubelets. */
import { CONTROLLERS, createController, type Controller, type ControllerConfig } from '../../src/controllers/index.js';
import { createClient } from '../../src/client/resource.js';
import { createInformerFactory } from '../../src/client/informerfactory.js';
import type { InformerFactory } from '../../src/client/client.js';
import { InProcessIdentity, type UserInfo } from '../../src/apimachinery/request.js';
import type { Log } from '../../src/platform/component.js';
import { seededRandom } from '../../src/platform/random.js';
import { authorityTools } from './authority.js';
import { ADMIN, testServer, type TestServer } from './inprocess.js';

export interface ControlPlane extends TestServer {
  controllers: Controller[];
  informers: InformerFactory;
  clientFor(user: UserInfo, userAgent?: string): ReturnType<typeof createClient>;
  /** What controllers logged: failures they will try again, mostly. */
  lines: string[];
  stop(): Promise<void>;
  /** Controllers anew, over the same server. */
  restart(): Promise<ControlPlane>;
}

interface ControlPlaneOptions {
  only?: readonly string[];
  seed?: number;
  config?: ControllerConfig;
}

export async function controlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  return controllersOver(await testServer({ account: false }), options);
}

async function controllersOver(base: TestServer, options: ControlPlaneOptions): Promise<ControlPlane> {
  const { only, seed = 7 } = options;
  const { server, clock, quiescence } = base;
  const random = seededRandom(seed);
  const lines: string[] = [];
  const log: Log = { info: (line) => void lines.push(line), warning: (line) => void lines.push(line), error: (line) => void lines.push(line) };
  const clientFor = (user: UserInfo, userAgent = 'test') =>
    createClient({
      handler: server,
      credentials: { type: 'inProcess', identity: new InProcessIdentity(user) },
      userAgent,
      quiescence,
      durability: 'background',
    });
  const informers = createInformerFactory({
    client: clientFor({ name: 'system:kube-controller-manager', groups: ['system:masters', 'system:authenticated'] }, 'kube-controller-manager'),
    clock,
    quiescence,
    random,
  });
  const controllers: Controller[] = [];
  for (const entry of CONTROLLERS) {
    if (only !== undefined && !only.includes(entry.name)) continue;
    controllers.push(
      await createController(entry, {
        clientFor,
        informers,
        clock,
        random,
        log,
        quiescence,
        config: { rootCa: '-----BEGIN CERTIFICATE-----\n', certificates: authorityTools(clock), ...options.config },
      }),
    );
  }
  for (const controller of controllers) await controller.start();
  await quiescence.settled();
  return {
    ...base,
    controllers,
    informers,
    clientFor,
    lines,
    restart: () => controllersOver(base, options),
    async stop() {
      for (const controller of controllers) await controller.stop();
      informers.stop();
    },
  };
}

export { ADMIN };
