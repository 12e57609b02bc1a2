/**
 * kube-controller-manager's part: all controllers over one set of informers,
 * each under its own account, while its program is live.
 */
import type { Controller } from '../controllers/index.js';
import { CONTROLLERS, createController } from '../controllers/index.js';
import { createInformerFactory } from '../client/informerfactory.js';
import { createClient } from '../client/resource.js';
import { InProcessIdentity, type UserInfo } from '../apimachinery/request.js';
import type { Machinery, Part } from './running.js';
import { switched } from './switched.js';
import { POD_CIDR } from './topology.js';

const SHARED: UserInfo = { name: 'system:kube-controller-manager', groups: ['system:authenticated'] };

export function controllerManager(machinery: Machinery): Part {
  const { config, handler, clock, random, quiescence, log, keys } = machinery;
  const clientFor = (user: UserInfo, userAgent: string) => createClient({ handler, credentials: { type: 'inProcess', identity: new InProcessIdentity(user) }, userAgent });
  let kept: Record<string, any> = {};
  return switched(machinery, 'kube-controller-manager', {
    async begin() {
      const informers = createInformerFactory({ client: clientFor(SHARED, 'kube-controller-manager/v1.36.3'), clock, quiescence, random });
      const { cert } = await keys.authority();
      const settings = { rootCa: cert, ...(config.bare ? {} : { clusterCidr: POD_CIDR, nodeCidrMaskSize: 24 }) };
      const running: Controller[] = [];
      for (const entry of CONTROLLERS) {
        const controller = await createController(entry, { informers, clock, random, quiescence, log, config: settings, clientFor });
        if (kept[entry.name] !== undefined) controller.restore(kept[entry.name]);
        running.push(controller);
      }
      kept = {};
      await Promise.all(running.map((controller) => controller.start()));
      return {
        saved: () => Object.fromEntries(running.map((controller) => [controller.name, controller.delayed()] as const).filter(([, delayed]) => delayed.length > 0)),
        async stop() {
          await Promise.all(running.map((controller) => controller.stop()));
          informers.stop();
        },
      };
    },
    restore: (saved) => (kept = saved as Record<string, any>),
  });
}
