/** Which part serves which subresource. Each is loaded when it is first asked for. */
import type { Subresource } from '../../api/kind.js';
import type { ApiResponse } from '../../apimachinery/request.js';
import type { KindCall } from '../context.js';
import type { Outcome } from '../dispatch.js';
import { lazy } from '../lazy.js';
import { methodNotAllowed } from '../verbs/errors.js';

const scaleModule = lazy(() => import('./scale.js'));
const bindingModule = lazy(() => import('./binding.js'));
const evictionModule = lazy(() => import('./eviction.js'));
const tokenModule = lazy(() => import('./token.js'));
const finalizeModule = lazy(() => import('./finalize.js'));
const connectModule = lazy(() => import('./connect.js'));
const proxyModule = lazy(() => import('./proxy.js'));
const updates = lazy(() => import('../verbs/update.js'));
const patches = lazy(() => import('../verbs/patch.js'));

export async function serve(call: KindCall, subresource: Subresource, verb: string): Promise<Outcome | ApiResponse> {
  const { name } = subresource;
  switch (name) {
    case 'scale':
      return (await scaleModule()).scale(call, verb);
    case 'binding':
      return (await bindingModule()).bind(call);
    case 'eviction':
      return (await evictionModule()).evict(call);
    case 'token':
      return (await tokenModule()).requestToken(call);
    case 'finalize':
      return (await finalizeModule()).finalize(call);
    case 'log':
    case 'exec':
    case 'attach':
    case 'portforward':
      return (await connectModule()).connect(call, name);
    case 'proxy':
      return (await proxyModule()).proxy(call);
    default:
      if (verb === 'update') return (await updates()).replace(call, name);
      if (verb === 'patch') return (await patches()).patch(call, name);
      throw methodNotAllowed();
  }
}
