/** The verbs that change something. Loaded with the first of them. */
import { lazy } from '../lazy.js';
import type { KindCall } from '../context.js';
import type { Outcome } from '../dispatch.js';
import { methodNotAllowed } from './errors.js';

const binding = lazy(() => import('../subresources/binding.js'));
const reviews = lazy(() => import('../subresources/reviews.js'));
const creates = lazy(() => import('./create.js'));
const updates = lazy(() => import('./update.js'));
const patches = lazy(() => import('./patch.js'));
const deletes = lazy(() => import('./delete.js'));
const collections = lazy(() => import('./deletecollection.js'));

export async function write(call: KindCall, verb: string): Promise<Outcome> {
  const { kind } = call;
  if (kind.prefix === '') {
    if (kind.group === '' && kind.plural === 'bindings') {
      const { bindFromBody } = await binding();
      return bindFromBody(call);
    }
    const { review } = await reviews();
    return review(call);
  }
  switch (verb) {
    case 'create':
      return (await creates()).create(call);
    case 'update':
      return (await updates()).replace(call);
    case 'patch':
      return (await patches()).patch(call);
    case 'delete':
      return (await deletes()).remove(call);
    case 'deletecollection':
      return (await collections()).removeAll(call);
    default:
      throw methodNotAllowed();
  }
}
