/** Admission of what is created or connected to below an object and is no change of it: a token, an eviction, a shell, a proxied request. */
import type { Operation } from '../admission/chain.js';
import type { KindCall } from '../context.js';
import { warn } from '../context.js';

export interface Admitted {
  operation: Operation & ('CREATE' | 'CONNECT');
  subresource: string;
  /** In the form of the subresource's own kind. Plugins may change it. */
  object: any;
  dryRun?: boolean;
}

/** Throws the refusal. */
export async function admit(call: KindCall, { operation, subresource, object, dryRun = false }: Admitted): Promise<void> {
  const { server, kind, info, user } = call;
  const chain = await server.admission();
  const request = {
    server,
    operation,
    kind,
    subresource,
    namespace: info.namespace,
    name: info.name,
    user,
    dryRun,
    object,
    previous: undefined,
    sent: call.request,
    warn: (texts: readonly string[]) => warn(call, texts),
    onFailure() {},
  };
  await chain.admit(request);
  await chain.validate(request);
}
