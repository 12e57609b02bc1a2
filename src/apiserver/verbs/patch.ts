/**
 * patch: JSON patch, merge patch, strategic merge, and server-side apply. The
 * patch is applied anew to whatever is there each time somebody else was
 * faster, so one without a resourceVersion does not conflict.
 */
import { decodeJson, DecodeError, isRawObject, plainOf, rawType, type Decoded } from '../../apimachinery/decode.js';
import { badRequest, isStatusError, notFound, requestEntityTooLarge, unforeseen, unsupportedMediaType } from '../../apimachinery/status.js';
import { formatTime } from '../../apimachinery/time.js';
import { fromWire } from '../../apimachinery/walk.js';
import { groupResource, warn, type KindCall } from '../context.js';
import type { Outcome } from '../dispatch.js';
import { applyConfiguration } from '../managedfields/index.js';
import { headerText } from '../negotiate.js';
import { patchTypeOf, readPatch, type ReadPatch } from '../patch/index.js';
import { finish, isYamlError } from '../write/decode.js';
import { resetsOf } from '../write/managed.js';
import { managerName, writeOptions, type WriteOptions } from '../write/options.js';
import { notANumber, prepare, type Prepared } from '../write/prepare.js';
import { matchName, sharedWithStatus, updateObject } from './update.js';
import { matchNamespace } from './create.js';

const BODY_BYTES_MAX = 3_145_728;

export async function patch(call: KindCall, subresource = ''): Promise<Outcome> {
  const type = headerText(call.request.headers, 'content-type').split(';')[0]!.trim();
  if (call.kind.custom !== undefined && !CUSTOM_TYPES.includes(type))
    throw unsupportedMediaType(`the body of the request was in an unknown format - accepted media types include: ${CUSTOM_TYPES.join(', ')}`);
  const isApply = type === 'application/apply-patch+yaml';
  const options = writeOptions(call.request, 'PatchOptions', isApply);
  const preparing = prepare(call.kind);
  const prepared = preparing instanceof Promise ? await preparing : preparing;
  if (isApply) return apply(call, prepared, options, subresource);
  const patched = patcherOf(call, prepared, options);
  const { object } = await updateObject(call, prepared, options, {
    subresource,
    track: 'update',
    transform: (previous) => {
      const next = finished(patched, previous, prepared, subresource);
      matchName(next, call.info.name);
      matchNamespace(next, call.kind.namespaced ? call.info.namespace : '');
      const broken = notANumber(next.metadata.resourceVersion ?? '');
      if (broken !== undefined) throw unforeseen(broken);
      return next;
    },
  });
  return { status: 200, object };
}

/** Patches of status, and of a pod's metadata, are most of what a cluster writes; they leave the rest as it is: it need not be read, compared or copied. */
function finished(patched: Patcher, previous: any, { kind, strategy }: Prepared, subresource: string): any {
  const isPod = kind.group === '' && kind.plural === 'pods' && subresource === '';
  if ((subresource === 'status' || isPod) && kind.storedAs === undefined && kind.custom === undefined) {
    try {
      return finish(patched(previous, isPod ? { spec: previous.spec } : sharedWithStatus(previous)), kind, strategy);
    } catch (error) {
      // Defaults would change what is stored, as after an admission plugin has added to it: then nothing can be shared.
      if (!(error instanceof TypeError)) throw error;
    }
  }
  return finish(patched(previous), kind, strategy);
}

const CUSTOM_TYPES = ['application/json-patch+json', 'application/merge-patch+json', 'application/apply-patch+yaml'];

/** The request's patch as a function of what is there. */
export function patcherOf(call: KindCall, { node, kind }: Pick<Prepared, 'node' | 'kind'>, { fieldValidation }: WriteOptions): Patcher {
  const type = patchTypeOf(headerText(call.request.headers, 'content-type'), { custom: kind.custom !== undefined });
  const read = readPatch({ type, body: call.request.body, node, fieldValidation });
  const whole: Patcher = (current, shared) => {
    const { object, warnings } = read.apply(current, shared);
    warn(call, warnings);
    return object;
  };
  return (current, shared) =>
    type === 'json' || current.metadata.managedFields === undefined ? whole(current, shared) : withoutManaged(current, read.apply, whole, call, shared);
}

/** Members of `shared` that the patch leaves alone stay the same values; see ReadPatch. */
type Patcher = (current: any, shared?: Readonly<Record<string, unknown>>) => any;

/** Most patches leave managedFields alone: then nobody need read or copy them. An error is worded about the whole object. */
function withoutManaged(current: any, apply: ReadPatch['apply'], whole: Patcher, call: KindCall, shared: Readonly<Record<string, unknown>> | undefined): any {
  const { managedFields, ...metadata } = current.metadata;
  try {
    const { object, warnings } = apply({ ...current, metadata }, shared);
    if (object.metadata.managedFields !== undefined) return whole(current, shared);
    warn(call, warnings);
    object.metadata.managedFields = managedFields;
    return object;
  } catch (error) {
    if (!isStatusError(error)) throw error;
    return whole(current, shared);
  }
}

async function apply(call: KindCall, prepared: Prepared, options: WriteOptions, subresource: string): Promise<Outcome> {
  const { kind, info, server } = call;
  const config = await applied(call);
  const time = formatTime(server.options.clock.now());
  const changed = await updateObject(call, prepared, options, {
    subresource,
    track: 'none',
    allowCreate: subresource === '',
    transform: (previous) => {
      if (previous === undefined && subresource !== '') throw notFound(groupResource(kind), info.name);
      const { object } = applyConfiguration({
        current: previous,
        config,
        node: prepared.node,
        gvk: kind,
        manager: managerName(options, call.request),
        subresource,
        time,
        ...(options.force === undefined ? {} : { force: options.force }),
        resetFields: resetsOf(prepared, subresource),
      });
      const walked = fromWire<any>(prepared.node, object);
      if (walked.errors[0] !== undefined) throw unforeseen(`failed to convert object (${config?.apiVersion}; ${kind.kind}): ${walked.errors[0]}`);
      const next = finish(walked.object, kind, prepared.strategy);
      if (object.metadata?.managedFields !== undefined) next.metadata.managedFields = object.metadata.managedFields;
      matchName(next, info.name);
      matchNamespace(next, kind.namespaced ? info.namespace : '');
      if (typeof config?.metadata?.resourceVersion === 'string') next.metadata.resourceVersion = config.metadata.resourceVersion;
      return next;
    },
  });
  return { status: changed.created ? 201 : 200, object: changed.object };
}

/** The configuration of an apply, as it was sent. */
export async function applied(call: KindCall): Promise<any> {
  const { body } = call.request;
  if (body !== undefined && !(body instanceof Uint8Array)) return body;
  const bytes = body ?? new Uint8Array();
  if (bytes.byteLength > BODY_BYTES_MAX) throw requestEntityTooLarge(`limit is ${BODY_BYTES_MAX}`);
  let decoded: Decoded;
  try {
    decoded = bytes[0] === 0x7b ? decodeJson(bytes) : (await import('../../apimachinery/yaml.js')).decodeYaml(bytes);
  } catch (error) {
    if (isYamlError(error)) throw badRequest(`error decoding YAML: error converting YAML to JSON: ${error.message}`);
    if (!(error instanceof DecodeError)) throw error;
    throw badRequest(`error decoding YAML: ${error.message}`);
  }
  if (decoded.value === null) return {};
  if (!isRawObject(decoded.value))
    throw badRequest(
      `error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${rawType(decoded.value)} into Go value of type map[string]interface {}`,
    );
  return plainOf(decoded.value);
}
