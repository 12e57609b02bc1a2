/**
 * One webhook asked once: refused where a dry run may not reach it, its
 * warnings passed on, its denial in Kubernetes' words. A webhook that cannot be
 * asked is a CallError, with which the failure policy deals.
 */
import { badRequest, StatusError } from '../../../apimachinery/status.js';
import type { Status } from '../../../apimachinery/meta/status.js';
import type { AdmissionRequest } from '../plugin.js';
import { postReview } from './client.js';
import type { Invocation } from './matching.js';
import { reviewOf, verdictOf, type Review, type Verdict } from './review.js';

/** The webhook was not asked, or gave no answer that is one. */
export class CallError extends Error {
  override name = 'CallError';
  constructor(webhook: string, why: string) {
    super(`failed calling webhook ${JSON.stringify(webhook)}: ${why}`);
  }
}

const WITHOUT_EFFECT = ['None', 'NoneOnDryRun'];

/** Its verdict, which is to let the request pass. Throws a CallError, or the denial as a StatusError. */
export async function ask(request: AdmissionRequest, invocation: Invocation, role: 'mutating' | 'validating'): Promise<Verdict> {
  const { name, sideEffects, clientConfig, timeoutSeconds } = invocation.hook.webhook;
  if (request.dryRun && !WITHOUT_EFFECT.includes(sideEffects ?? '')) throw badRequest(`admission webhook ${JSON.stringify(name)} does not support dry run`);
  const review = await prepared(name, () => reviewOf(request, invocation));
  const answer = await postReview(request.server, clientConfig as never, {
    body: review.body,
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
  }).catch((error: unknown) => {
    throw new CallError(name, `failed to call webhook: ${(error as Error).message}`);
  });
  const verdict = verified(name, answer, review, role);
  request.warn(verdict.warnings);
  if (!verdict.allowed) throw denial(name, verdict.result);
  return verdict;
}

async function prepared(name: string, make: () => Promise<Review>): Promise<Review> {
  try {
    return await make();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof StatusError) throw error;
    throw new CallError(name, error.message);
  }
}

function verified(name: string, answer: unknown, review: Review, role: 'mutating' | 'validating'): Verdict {
  try {
    return verdictOf(answer, review, role);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new CallError(name, `received invalid webhook response: ${error.message}`);
  }
}

/** As Kubernetes does: never below 400, never a success, and who denied it is told first. */
function denial(name: string, result: Verdict['result'] = {}): StatusError {
  const by = `admission webhook ${JSON.stringify(name)} denied the request`;
  const { message = '', reason = '', code = 0, status = '', details } = result;
  const told = message !== '' ? `${by}: ${message}` : reason !== '' ? `${by}: ${reason}` : `${by} without explanation`;
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: status === '' || status === 'Success' ? 'Failure' : status,
    message: told,
    ...(reason === '' ? {} : { reason }),
    ...(details === undefined ? {} : { details }),
    code: code < 400 ? 400 : code,
  } as Status);
}
