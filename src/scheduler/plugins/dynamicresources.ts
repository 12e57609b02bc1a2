/** DynamicResources: devices that pods claim. */
import { reject, type Plugin } from '../framework.js';

const NAME = 'DynamicResources';

export const dynamicResources = (): Plugin => ({
  name: NAME,
  preFilter(cycle) {
    cycle.write(NAME, {});
    return undefined;
  },
  postFilter(cycle) {
    // As Kubernetes does: where an earlier plugin has refused the pod before any node was looked at, there is no state, and that is all that is said.
    if (cycle.read(NAME) === undefined) return { rejection: reject(NAME, 'Error', 'not found') };
    return { rejection: reject(NAME, 'Unschedulable', 'no new claims to deallocate') };
  },
});
