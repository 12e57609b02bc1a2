/** DefaultBinder: tells the API server where the pod goes. */
import { Pod } from '../kinds.js';
import type { Plugin } from '../framework.js';
import type { Handle } from '../handle.js';

export const defaultBinder = ({ client }: Handle): Plugin => ({
  name: 'DefaultBinder',
  async bind(_, { namespace, name, uid }, node) {
    await client.on(Pod).createSubresource({ namespace, name }, 'binding', {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { namespace, name, uid },
      target: { kind: 'Node', name: node.name },
    });
  },
});
