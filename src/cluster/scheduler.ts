/** kube-scheduler's part: runs while its program is live, under the scheduler's own name. */
import { InProcessIdentity, type UserInfo } from '../apimachinery/request.js';
import { createEventRecorder } from '../client/events.js';
import { createInformerFactory } from '../client/informerfactory.js';
import { createClient } from '../client/resource.js';
import type { Delayed } from '../client/workqueue.js';
import { createScheduler } from '../scheduler/scheduler.js';
import type { Machinery, Part } from './running.js';
import { switched } from './switched.js';

const USER: UserInfo = { name: 'system:kube-scheduler', groups: ['system:authenticated'] };
const USER_AGENT = 'kube-scheduler/v1.36.3 (linux/amd64) kubernetes/scheduler';

export function schedulerPart(machinery: Machinery): Part {
  const { handler, clock, random, quiescence, log } = machinery;
  let kept: readonly Delayed[] = [];
  return switched(machinery, 'kube-scheduler', {
    async begin() {
      const client = createClient({ handler, credentials: { type: 'inProcess', identity: new InProcessIdentity(USER) }, userAgent: USER_AGENT, durability: 'background' });
      const informers = createInformerFactory({ client, clock, quiescence, random });
      const recorder = createEventRecorder({ client, clock, quiescence, log, component: 'default-scheduler' });
      const scheduler = createScheduler({ client, informers, clock, random, recorder, log, quiescence });
      scheduler.restore(kept);
      kept = [];
      await scheduler.start();
      return {
        saved: () => scheduler.delayed(),
        async stop() {
          await scheduler.stop();
          informers.stop();
        },
      };
    },
    restore: (saved) => (kept = saved as readonly Delayed[]),
  });
}
