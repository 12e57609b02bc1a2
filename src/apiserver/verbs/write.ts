/** The verbs that change something. Loaded with the first of them. */
import type { KindCall } from '../context.js';
import type { Outcome } from '../dispatch.js';
import { methodNotAllowed } from './errors.js';

export async function write(call: KindCall, verb: string): Promise<Outcome> {
  const { kind } = call;
  if (kind.prefix === '') {
    if (kind.group === '' && kind.plural === 'bindings') {
      const { bindFromBody } = await import('../subresources/binding.js');
      return bindFromBody(call);
    }
    const { review } = await import('../subresources/reviews.js');
    return review(call);
  }
  switch (verb) {
    case 'create':
      return (await import('./create.js')).create(call);
    case 'update':
      return (await import('./update.js')).replace(call);
    case 'patch':
      return (await import('./patch.js')).patch(call);
    case 'delete':
      return (await import('./delete.js')).remove(call);
    case 'deletecollection':
      return (await import('./deletecollection.js')).removeAll(call);
    default:
      throw methodNotAllowed();
  }
}
