/** namespaces/finalize: the controller that emptied a namespace takes its finalizer off; metadata comes as it was sent. */
import { deepCopy } from '../../apimachinery/deep.js';
import type { KindCall } from '../context.js';
import type { Outcome } from '../dispatch.js';
import { matchName, updateObject } from '../verbs/update.js';
import { decodeObject } from '../write/decode.js';
import { writeOptions } from '../write/options.js';
import { prepare } from '../write/prepare.js';

export async function finalize(call: KindCall): Promise<Outcome> {
  const options = writeOptions(call.request, 'UpdateOptions');
  const prepared = await prepare(call.kind);
  const sent = await decodeObject(call, prepared, options);
  matchName(sent, call.info.name);
  const { object } = await updateObject(call, prepared, options, {
    subresource: 'finalize',
    track: 'update',
    uid: sent.metadata.uid ?? '',
    transform: () => deepCopy(sent),
  });
  return { status: 200, object };
}
