/** The verbs that change something. Each is loaded with its first use. */
import { whenThere, type Soon } from '../../platform/soon.js';
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

export function write(call: KindCall, verb: string): Soon<Outcome> {
  const { kind } = call;
  if (kind.prefix === '') {
    if (kind.group === '' && kind.plural === 'bindings') return whenThere(binding(), ({ bindFromBody }) => bindFromBody(call));
    return whenThere(reviews(), ({ review }) => review(call));
  }
  switch (verb) {
    case 'create':
      return whenThere(creates(), ({ create }) => create(call));
    case 'update':
      return whenThere(updates(), ({ replace }) => replace(call));
    case 'patch':
      return whenThere(patches(), ({ patch }) => patch(call));
    case 'delete':
      return whenThere(deletes(), ({ remove }) => remove(call));
    case 'deletecollection':
      return whenThere(collections(), ({ removeAll }) => removeAll(call));
    default:
      throw methodNotAllowed();
  }
}
