/**
 * kube-controller-manager's part: all controllers over one set of informers,
 * each under its own account.
 */
import type { Controller } from '../controllers/index.js';
import { CONTROLLERS, createController } from '../controllers/index.js';
import { createInformerFactory } from '../client/informerfactory.js';
import { createClient } from '../client/resource.js';
import { InProcessIdentity, type UserInfo } from '../apimachinery/request.js';
import type { Component } from '../platform/component.js';
import type { Machinery } from './running.js';
import { POD_CIDR } from './topology.js';

const SHARED: UserInfo = { name: 'system:kube-controller-manager', groups: ['system:authenticated'] };

export function controllerManager({ config, handler, clock, random, quiescence, log, keys }: Machinery): Component {
  const clientFor = (user: UserInfo, userAgent: string) => createClient({ handler, credentials: { type: 'inProcess', identity: new InProcessIdentity(user) }, userAgent });
  const informers = createInformerFactory({ client: clientFor(SHARED, 'kube-controller-manager/v1.36.3'), clock, quiescence, random, log });
  const running: Controller[] = [];
  return {
    name: 'kube-controller-manager',
    async start() {
      const { cert } = await keys.authority();
      const settings = { rootCa: cert, ...(config.bare ? {} : { clusterCidr: POD_CIDR, nodeCidrMaskSize: 24 }) };
      for (const entry of CONTROLLERS) running.push(await createController(entry, { informers, clock, random, quiescence, log, config: settings, clientFor }));
      await Promise.all(running.map((controller) => controller.start()));
    },
    async stop() {
      await Promise.all(running.splice(0).map((controller) => controller.stop()));
      informers.stop();
    },
  };
}
