/**
 * A PATCH body, read once and applied to whatever is stored: JSON patch, JSON
 * merge patch or strategic merge patch. The result is canonical, but neither
 * defaulted nor validated. All that is wrong is thrown as a StatusError.
 */
import { decodeJson, DecodeError, isRawObject, plainOf, rawType, type Raw } from '../../apimachinery/decode.js';
import { invalid } from '../../apimachinery/fielderror.js';
import { goQuote } from '../../apimachinery/gojson.js';
import { applyMergePatch, applyStrategicMergePatch, goText, isPatchError, spentPatch } from '../../apimachinery/patch/index.js';
import { isMap } from '../../apimachinery/patch/json.js';
import { badRequest, failure, invalidObject, requestEntityTooLarge, unforeseen, unsupportedMediaType, type StatusError } from '../../apimachinery/status.js';
import type { StructNode } from '../../apimachinery/typenode.js';
import { unknownOfCustom } from '../../apimachinery/strict.js';
import { fromWire } from '../../apimachinery/walk.js';
import { arrangedDocument, documentText } from './documenttext.js';
import { applyJsonPatch, JsonPatchError, JSON_PATCH_OPERATIONS_MAX } from './jsonpatch.js';
import { conversionError } from './unstructured.js';

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';
export type PatchType = 'json' | 'merge' | 'strategic';

const BODY_BYTES_MAX = 3_145_728;
const TYPES: Readonly<Record<string, PatchType>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
};
const CUSTOM_TYPES = ['application/json-patch+json', 'application/merge-patch+json', 'application/apply-patch+yaml'];

/** The sort of patch that a Content-Type names. Server-side apply is not one of them: see managedfields. */
export function patchTypeOf(contentType: string, { custom }: { custom: boolean }): PatchType {
  const type = TYPES[contentType.split(';')[0]!.trim().toLowerCase()];
  if (type !== undefined && !(custom && type === 'strategic')) return type;
  const accepted = custom ? CUSTOM_TYPES : [...CUSTOM_TYPES.slice(0, 2), 'application/strategic-merge-patch+json', CUSTOM_TYPES[2]!];
  throw unsupportedMediaType(`the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`);
}

export interface PatchOptions {
  type: PatchType;
  /** Bytes from a transport, or plain JSON data from a caller in this process. */
  body: Uint8Array | object | null | undefined;
  node: StructNode;
  fieldValidation: FieldValidation;
}

export interface Patched {
  object: any;
  warnings: string[];
}

/** Applies a patch once; see `readPatch` for one that is tried again. */
export function applyPatch(options: PatchOptions & { current: any }): Patched {
  return readPatch(options).apply(options.current);
}

export interface ReadPatch {
  /**
   * `current` is the stored object, apiVersion, kind and managedFields included; it is not changed. Members of `shared` that the
   * patch leaves alone are not looked at, and are the same frozen values in the result.
   */
  apply(current: any, shared?: Readonly<Record<string, unknown>>): Patched;
}

export function readPatch({ type, body, node, fieldValidation }: PatchOptions): ReadPatch {
  const { value, complaints } = readBody(type, body);
  return {
    apply(current, shared) {
      const patched = patchDocument(type, current, value, node);
      const shown = () => (type === 'strategic' ? goText(spentPatch(current, value as object, node)) : documentText(patched, current, node));
      return decodePatched({ patched, current, node, fieldValidation, shown, complaints, strategic: type === 'strategic', shared });
    },
  };
}

interface Body {
  value: unknown;
  complaints: string[];
}

function readBody(type: PatchType, body: PatchOptions['body']): Body {
  const head = type === 'strategic' ? '' : 'error decoding patch: ';
  let raw: Raw;
  let duplicates: string[] = [];
  if (body instanceof Uint8Array || body === undefined) {
    if ((body?.byteLength ?? 0) > BODY_BYTES_MAX) throw requestEntityTooLarge(`limit is ${BODY_BYTES_MAX}`);
    try {
      ({ value: raw, duplicates } = decodeJson(body ?? new Uint8Array()));
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      throw badRequest(head + error.message);
    }
  } else raw = body as Raw;
  if (type === 'json') return readOperations(raw, duplicates);
  if (raw === null) {
    if (type === 'merge') throw badRequest('Invalid JSON Patch');
    return { value: {}, complaints: [] };
  }
  if (!isRawObject(raw)) throw badRequest(`${head}json: cannot unmarshal ${rawType(raw)} into Go value of type map[string]interface {}`);
  return { value: plainOf(raw), complaints: duplicates };
}

const OPERATION_TEXTS = ['op', 'path', `from`];
const OPERATION_FIELDS = new Set([...OPERATION_TEXTS, 'value']);

function readOperations(raw: Raw, duplicates: string[]): Body {
  if (raw === null) return { value: [], complaints: [] };
  if (!Array.isArray(raw)) throw badRequest(`error decoding patch: json: cannot unmarshal ${rawType(raw)} into Go value of type []handlers.jsonPatchOp`);
  if (raw.length > JSON_PATCH_OPERATIONS_MAX)
    throw requestEntityTooLarge(`The allowed maximum operations in a JSON patch is ${JSON_PATCH_OPERATIONS_MAX}, got ${raw.length}`);
  const complaints = duplicates.map((text) => `json patch ${text}`);
  raw.forEach((operation, at) => {
    if (operation === null) return;
    if (!isRawObject(operation))
      throw badRequest(`error decoding patch: json: cannot unmarshal ${rawType(operation)} into Go value of type handlers.jsonPatchOp`);
    for (const name of OPERATION_TEXTS) {
      const text = operation[name];
      if (text !== undefined && text !== null && typeof text !== 'string')
        throw badRequest(`error decoding patch: json: cannot unmarshal ${rawType(text)} into Go struct field jsonPatchOp.${name} of type string`);
    }
    for (const name of Object.keys(operation)) if (!OPERATION_FIELDS.has(name)) complaints.push(`json patch unknown field ${goQuote(`[${at}].${name}`)}`);
  });
  return { value: plainOf(raw), complaints };
}

function patchDocument(type: PatchType, current: any, patch: unknown, node: StructNode): any {
  try {
    if (type === 'json') return applyJsonPatch(current, patch as unknown[]);
    return type === 'merge' ? applyMergePatch(current, patch) : applyStrategicMergePatch(current, patch, node);
  } catch (error) {
    // A patch that cannot be applied is its writer's mistake; anything else is ours.
    if (error instanceof JsonPatchError) throw rejected();
    if (!isPatchError(error)) throw error;
    if (error.code === 400) throw badRequest(error.message);
    throw error.code === 422 ? rejected() : unforeseen(error.message);
  }
}

const rejected = (): StatusError =>
  failure({ code: 422, reason: 'Invalid', message: 'the server rejected our request due to an error in our request', details: {} });

interface Decoding {
  patched: any;
  current: any;
  node: StructNode;
  fieldValidation: FieldValidation;
  shown: () => string;
  complaints: readonly string[];
  strategic: boolean;
  shared: Readonly<Record<string, unknown>> | undefined;
}

/** The patched document as if it had been sent. */
function decodePatched({ patched, current, node, fieldValidation, shown, complaints, strategic, shared }: Decoding): Patched {
  const refuse = (message: string) => invalidObject({ group: '', kind: '' }, '', [invalid('patch', shown(), message)]);
  const wrong = (strategic ? undefined : typeMetaError(patched, current)) ?? (strategic ? conversionError(node, patched, '', shared) : undefined);
  if (wrong !== undefined) throw refuse(wrong);
  let { object, unknown, errors } = fromWire<any>(node, patched, shared);
  if (!strategic && unknown.length > 1) ({ object, unknown, errors } = fromWire<any>(node, arrangedDocument(patched, current, node)));
  if (errors[0] !== undefined) throw refuse(errors[0]);
  const strict =
    fieldValidation === 'Ignore'
      ? []
      : [...complaints, ...(node.go === '' ? unknownOfCustom(unknown) : unknown).map((path) => `unknown field ${goQuote(path)}`)];
  if (fieldValidation === 'Strict' && strict.length > 0) throw refuse(`strict decoding error: ${strict.join(', ')}`);
  // The list keeps its identity where it was not touched: managedFields knows by it that nothing was sent.
  const kept = current.metadata?.managedFields;
  if (kept !== undefined && patched.metadata?.managedFields === kept) object.metadata.managedFields = kept;
  return { object, warnings: strict };
}

function typeMetaError(patched: any, current: any): string | undefined {
  const { apiVersion = '', kind = '' } = isMap(patched) ? patched : {};
  if (apiVersion === current.apiVersion && kind === current.kind) return undefined;
  if (kind === '' || kind === null) return `Object 'Kind' is missing in '${JSON.stringify(patched)}'`;
  return `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`;
}
