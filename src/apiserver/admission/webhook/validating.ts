/** Validating webhooks, all at once; the first of them, in their order, that refuses is told. */
import { internalError } from '../../../apimachinery/status.js';
import type { AdmissionRequest } from '../plugin.js';
import { ask, CallError } from './call.js';
import { invocationOf, type Invocation } from './matching.js';
import { requestOf } from './review.js';
import type { Hook } from './source.js';

export async function validate(hooks: readonly Hook[], request: AdmissionRequest): Promise<void> {
  const invocations: Invocation[] = [];
  for (const hook of hooks) {
    const invocation = await invocationOf(hook, request, (kind) => requestOf(request, kind));
    if (invocation !== undefined) invocations.push(invocation);
  }
  const outcomes = await Promise.allSettled(invocations.map((invocation) => called(request, invocation)));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

async function called(request: AdmissionRequest, invocation: Invocation): Promise<void> {
  const { webhook } = invocation.hook;
  try {
    await ask(request, invocation, 'validating');
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    request.server.options.log?.warning(
      `Failed calling webhook, failing ${webhook.failurePolicy === 'Ignore' ? 'open' : 'closed'} ${webhook.name}: ${error.message}`,
    );
    if (webhook.failurePolicy !== 'Ignore') throw internalError(error.message);
  }
}
