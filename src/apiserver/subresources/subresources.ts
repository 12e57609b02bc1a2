/** Which part serves which subresource. Each is loaded when it is first asked for. */
import type { Subresource } from '../../api/kind.js';
import type { ApiResponse } from '../../apimachinery/request.js';
import type { KindCall } from '../context.js';
import type { Outcome } from '../dispatch.js';
import { methodNotAllowed } from '../verbs/errors.js';

export async function serve(call: KindCall, subresource: Subresource, verb: string): Promise<Outcome | ApiResponse> {
  const { name } = subresource;
  switch (name) {
    case 'scale':
      return (await import('./scale.js')).scale(call, verb);
    case 'binding':
      return (await import('./binding.js')).bind(call);
    case 'eviction':
      return (await import('./eviction.js')).evict(call);
    case 'token':
      return (await import('./token.js')).requestToken(call);
    case 'finalize':
      return (await import('./finalize.js')).finalize(call);
    case 'log':
    case 'exec':
    case 'attach':
    case 'portforward':
      return (await import('./connect.js')).connect(call, name);
    case 'proxy':
      return (await import('./proxy.js')).proxy(call);
    default:
      if (verb === 'update') return (await import('../verbs/update.js')).replace(call, name);
      if (verb === 'patch') return (await import('../verbs/patch.js')).patch(call, name);
      throw methodNotAllowed();
  }
}
