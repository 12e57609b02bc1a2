/**
 * Mutating webhooks, one after the other, each seeing what the ones before it
 * did. When one has changed something, those that asked for it are asked once
 * more in the chain's second round.
 */
import type { Kind } from '../../../api/kind.js';
import { deepCopy, deepEqual } from '../../../apimachinery/deep.js';
import { internalError } from '../../../apimachinery/status.js';
import { fromWire } from '../../../apimachinery/walk.js';
import { applyJsonPatch } from '../../patch/jsonpatch.js';
import { customScale } from '../../subresources/customscale.js';
import { finish } from '../../write/decode.js';
import { prepare } from '../../write/prepare.js';
import type { AdmissionRequest, Reinvocation } from '../plugin.js';
import { ask, CallError } from './call.js';
import { invocationOf, type Invocation } from './matching.js';
import { asKind, requestOf } from './review.js';
import type { Hook } from './source.js';

/** What the first round leaves for the second. */
interface Memory {
  /** Called, and willing to be called again. */
  willing: Set<string>;
  /** To be called in the second round. */
  again: Set<string>;
  /** The object as the last webhook left it. */
  output: unknown;
}

const memories = new WeakMap<Reinvocation, Memory>();

export async function mutate(hooks: readonly Hook[], request: AdmissionRequest): Promise<void> {
  const { reinvocation } = request;
  const memory = memoryOf(reinvocation);
  const second = reinvocation?.second === true;
  if (second && !deepEqual(memory.output, request.object)) requireAgain(memory);
  try {
    for (const hook of hooks) await one(hook, request, memory, second);
  } finally {
    memory.output = deepCopy(request.object);
  }
}

function memoryOf(reinvocation: Reinvocation | undefined): Memory {
  const fresh: Memory = { willing: new Set(), again: new Set(), output: undefined };
  if (reinvocation === undefined) return fresh;
  const known = memories.get(reinvocation) ?? fresh;
  memories.set(reinvocation, known);
  return known;
}

function requireAgain({ willing, again }: Memory): void {
  for (const id of willing) again.add(id);
  willing.clear();
}

async function one(hook: Hook, request: AdmissionRequest, memory: Memory, second: boolean): Promise<void> {
  const invocation = await invocationOf(hook, request, (kind) => requestOf(request, kind));
  if (invocation === undefined || (second && !memory.again.has(hook.id))) return;
  const changed = await called(request, invocation);
  if (changed) {
    requireAgain(memory);
    if (request.reinvocation !== undefined) request.reinvocation.wanted = true;
  }
  if (hook.webhook.reinvocationPolicy === 'IfNeeded') memory.willing.add(hook.id);
}

/** Whether it changed the object. */
async function called(request: AdmissionRequest, invocation: Invocation): Promise<boolean> {
  const { webhook } = invocation.hook;
  try {
    const { patch, patchType } = await ask(request, invocation, 'mutating');
    if (patch === '') return false;
    if (patchType !== 'JSONPatch') throw new CallError(webhook.name, `unsupported patch type ${JSON.stringify(patchType)}`);
    return await patched(request, invocation, operationsOf(patch));
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    request.server.options.log?.warning(
      `Failed calling webhook, failing ${webhook.failurePolicy === 'Ignore' ? 'open' : 'closed'} ${webhook.name}: ${error.message}`,
    );
    if (webhook.failurePolicy === 'Ignore') return false;
    throw internalError(error.message);
  }
}

function operationsOf(patch: string): unknown[] {
  try {
    const operations: unknown = JSON.parse(Buffer.from(patch, 'base64').toString('utf8'));
    if (Array.isArray(operations)) return operations;
    throw new SyntaxError(`json: cannot unmarshal ${operations === null ? 'null' : typeof operations} into Go value of type jsonpatch.Patch`);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw internalError(error.message);
  }
}

async function patched(request: AdmissionRequest, { hook, kind }: Invocation, operations: readonly unknown[]): Promise<boolean> {
  if (operations.length === 0) return false;
  const { object } = request;
  if (object === undefined)
    throw internalError(`admission webhook ${JSON.stringify(hook.webhook.name)} attempted to modify the object, which is not supported for this operation`);
  const before = await asKind(request, object, kind);
  const after = await decodedAs(kind, applied(before, operations), request);
  if (request.subresource === 'scale') return rescale(request, after);
  const next = await asKind({ ...request, kind } as AdmissionRequest, after, request.kind);
  const changed = !deepEqual(object, next);
  if (changed) replaceBy(object, next);
  return changed;
}

function applied(object: unknown, operations: readonly unknown[]): unknown {
  try {
    return applyJsonPatch(JSON.parse(JSON.stringify(object)), operations);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw internalError(error.message);
  }
}

/** As whatever comes over the wire: read by the kind's own schema, and defaulted. */
export async function decodedAs(kind: Kind, document: unknown, { subresource }: AdmissionRequest): Promise<any> {
  const own = subresource === '' ? undefined : kind.subresources.find(({ name }) => name === subresource)?.kind;
  if (own !== undefined && own.kind !== kind.kind) return document; // a kind that lives only as a subresource is checked by who made it
  const { node, strategy } = await prepare(kind);
  const { object, errors } = fromWire<any>(node, document as never);
  if (errors[0] !== undefined) throw internalError(errors[0]);
  return finish(object, kind, strategy);
}

/** Of a Scale a webhook can change how many there are to be. */
function rescale({ kind, object }: AdmissionRequest, { spec = {} }: any): boolean {
  const paths = customScale(kind);
  const replicas: number = spec.replicas ?? 0;
  if (replicas === (paths === undefined ? object.spec.replicas : paths.replicas(object))) return false;
  if (paths === undefined) object.spec.replicas = replicas;
  else paths.setReplicas(object, replicas);
  return true;
}

/** Others hold this very object. */
export function replaceBy(object: any, next: any): void {
  for (const name of Object.keys(object)) if (!(name in next)) delete object[name];
  Object.assign(object, next);
}
