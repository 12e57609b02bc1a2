/**
 * Bodies into objects of the kind that the path names: decoded, pruned, brought
 * into canonical form and defaulted. Errors are in Kubernetes' words; unknown
 * and repeated fields are refused, told as warnings, or let be.
 */
import type { Kind, Strategy } from '../../api/kind.js';
import { typeNodeOf } from '../../apimachinery/compile.js';
import { decodeJson, DecodeError, isRawObject, typeMetaOf, type Decoded, type Raw } from '../../apimachinery/decode.js';
import { invalid } from '../../apimachinery/fielderror.js';
import { badRequest, invalidObject, requestEntityTooLarge, unsupportedMediaType } from '../../apimachinery/status.js';
import { strictErrors, strictWarnings, unknownOfCustom } from '../../apimachinery/strict.js';
import type { StructNode } from '../../apimachinery/typenode.js';
import { fromWire } from '../../apimachinery/walk.js';
import { whenThere, type Soon } from '../../platform/soon.js';
import { groupVersion, warn, type KindCall } from '../context.js';
import { headerText } from '../negotiate.js';
import type { FieldValidation } from './options.js';
import type { Prepared } from './prepare.js';

const BODY_BYTES_MAX = 3_145_728;
const MEDIA_TYPES = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';
const EXCERPT_MAX = 30;

export function nodeOf(kind: Kind, strategy: Strategy): StructNode {
  const own = (strategy as { node?: StructNode }).node;
  return own ?? typeNodeOf(strategy.schema as Parameters<typeof typeNodeOf>[0]) ?? kind;
}

export const emptyOf = (node: StructNode): Record<string, unknown> => fromWire<Record<string, unknown>>(node, {}).object;

/** `shared`: see fromWire. Throws a TypeError where defaults would change a member that is shared. */
export function decodeObject(call: KindCall, into: Into, options: { fieldValidation: FieldValidation }, shared?: Readonly<Record<string, unknown>>): Soon<any> {
  const { headers, body } = call.request;
  const decoded =
    body instanceof Uint8Array || body === undefined
      ? decodeBytes(body ?? NOTHING, headerText(headers, 'content-type'), into)
      : { value: body as Raw, duplicates: [], form: 'json' as const };
  return whenThere<Decoded, any>(decoded, (found) => {
    const matched = matchKind(call, into.kind, found.value);
    return matched === undefined ? read(call, into, options, found, shared) : matched.then(() => read(call, into, options, found, shared));
  });
}

type Into = Pick<Prepared, 'kind' | 'strategy' | 'node'>;
const NOTHING = new Uint8Array();

function read(
  { request, warnings }: KindCall,
  { kind, strategy, node }: Into,
  { fieldValidation }: { fieldValidation: FieldValidation },
  decoded: Decoded,
  shared?: Readonly<Record<string, unknown>>,
): any {
  const walked = fromWire<any>(node, decoded.value ?? {}, shared);
  const [problem] = walked.errors;
  if (problem !== undefined) throw badRequest(`${kind.kind} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}: ${problem}`);
  // A caller in this process writes typed objects: a field that is unknown is its mistake.
  const mode = request.body instanceof Uint8Array || request.body === undefined ? fieldValidation : 'Strict';
  tellStrict({ warnings }, mode, { kind, node }, decoded, kind.custom === undefined ? walked.unknown : unknownOfCustom(walked.unknown));
  return finish(walked.object, kind, strategy);
}

export function tellStrict(
  call: { warnings: string[] },
  mode: FieldValidation,
  { kind, node }: Pick<Into, 'kind' | 'node'>,
  decoded: Pick<Decoded, 'form' | 'duplicates' | 'places'>,
  unknown: readonly string[],
): void {
  if (mode === 'Ignore' || (decoded.duplicates.length === 0 && unknown.length === 0)) return;
  const readAs = kind.custom === undefined ? node : undefined;
  if (mode === 'Strict')
    throw badRequest(
      `${kind.kind} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}: strict decoding error: ${strictErrors(decoded, unknown, readAs).join(', ')}`,
    );
  warn(call, strictWarnings(decoded, unknown, readAs));
}

export function finish(object: any, kind: Kind, strategy: Strategy): any {
  object.apiVersion = groupVersion(kind);
  object.kind = kind.kind;
  object.metadata ??= {};
  strategy.defaults?.(object);
  return object;
}

const PROTOBUF = 'application/vnd.kubernetes.protobuf';

/** Throws 400 in the decoder's words, 413 and 415. */
export function decodeBytes(body: Uint8Array, contentType: string, { kind: { kind, custom }, node }: Pick<Into, 'kind' | 'node'>): Soon<Decoded> {
  if (body.byteLength > BODY_BYTES_MAX) throw requestEntityTooLarge(`limit is ${BODY_BYTES_MAX}`);
  const type = contentType.split(';')[0]!.trim().toLowerCase();
  if (type === PROTOBUF && custom === undefined)
    return import('../../apimachinery/protobuf.js').then((protobuf) => decodedFromProtobuf(protobuf, body, kind, node));
  if (type !== '' && type !== 'application/json' && type !== 'application/yaml') {
    throw unsupportedMediaType(`the body of the request was in an unknown format - accepted media types include: ${MEDIA_TYPES}`);
  }
  if (type === 'application/yaml') return import('../../apimachinery/yaml.js').then(({ decodeYaml }) => decodedBy(decodeYaml, body, kind));
  return decodedBy(decodeJson, body, kind);
}

function decodedFromProtobuf(
  { decodeProtobuf, isEnveloped }: typeof import('../../apimachinery/protobuf.js'),
  body: Uint8Array,
  kind: string,
  node: StructNode,
): Decoded {
  const unreadable = (why: string) => badRequest(`the object provided is unrecognized (must be of type ${kind}): ${why} (${excerpt(body)})`);
  if (!isEnveloped(body)) throw unreadable('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  try {
    return decodeProtobuf(body, node, kind);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw unreadable(error.message);
  }
}

function decodedBy(decode: (body: Uint8Array) => Decoded, body: Uint8Array, kind: string): Decoded {
  try {
    const decoded = decode(body);
    typeMetaOf(decoded.value);
    return decoded;
  } catch (error) {
    if (!(error instanceof DecodeError) && !isYamlError(error)) throw error;
    const head = isYamlError(error) ? '' : "couldn't get version/kind; json parse error: ";
    throw badRequest(`the object provided is unrecognized (must be of type ${kind}): ${head}${error.message} (${excerpt(body)})`);
  }
}

/** Asked by name, so that the YAML reader need not be loaded for it. */
export const isYamlError = (error: unknown): error is Error => error instanceof Error && error.name === 'YamlError';

/** As kube-apiserver shows what it could not read: JSON as it is, anything else in hex. */
function excerpt(body: Uint8Array): string {
  if (body.byteLength === 0) return '<empty>';
  const more = body.byteLength > EXCERPT_MAX ? ' ...' : '';
  const start = Buffer.from(body.subarray(0, EXCERPT_MAX));
  return `${body[0] === 0x7b ? start.toString() : start.toString('hex')}${more}`;
}

/** What the body says it is must be what the path wants; silence is agreement. */
function matchKind(call: KindCall, kind: Kind, value: Raw): Promise<void> | undefined {
  const meta = isRawObject(value) ? { apiVersion: textOf(value['apiVersion']), kind: textOf(value['kind']) } : { apiVersion: '', kind: '' };
  const said = meta.kind === '' ? kind.kind : meta.kind;
  const saidVersion = meta.apiVersion === '' ? groupVersion(kind) : meta.apiVersion;
  return said === kind.kind && saidVersion === groupVersion(kind) ? undefined : mismatch(call, kind, value, { said, saidVersion });
}

async function mismatch(call: KindCall, kind: Kind, value: Raw, { said, saidVersion }: { said: string; saidVersion: string }): Promise<void> {
  if (kind.custom !== undefined)
    return customMismatch(kind, said, saidVersion, isRawObject(value) && isRawObject(value['metadata']) ? textOf(value['metadata']['name']) : '');
  const [group, version] = saidVersion.includes('/') ? (saidVersion.split('/') as [string, string]) : ['', saidVersion];
  const other = call.server.registry.kind(group, version, said);
  const cannot = (why: string) => badRequest(`${said} in version ${JSON.stringify(version)} cannot be handled as a ${kind.kind}: ${why}`);
  if (other === undefined && REMOVED.test(saidVersion) && said === kind.kind)
    throw badRequest(`the API version in the data (${saidVersion}) does not match the expected API version (${groupVersion(kind)})`);
  if (other === undefined || other.custom !== undefined)
    throw cannot(`no kind ${JSON.stringify(said)} is registered for version ${JSON.stringify(saidVersion)} in scheme "pkg/runtime/scheme.go:111"`);
  const [problem] = fromWire(nodeOf(other, await other.strategy()), value).errors;
  if (problem !== undefined) throw cannot(problem);
  const isSibling = other.plural === kind.plural && other.prefix === kind.prefix;
  if (!isSibling)
    throw cannot(`converting (${version}.${said}) to (${kind.group === '' ? 'core' : kind.group.split('.')[0]!}.${kind.kind}): unknown conversion`);
  throw badRequest(`the API version in the data (${saidVersion}) does not match the expected API version (${groupVersion(kind)})`);
}

/** Versions that are served no more, but which a real server's scheme still knows how to read. */
const REMOVED =
  /^(extensions\/v1beta1|apps\/v1beta[12]|batch\/v1beta1|policy\/v1beta1|networking\.k8s\.io\/v1beta1|autoscaling\/v2beta[12]|rbac\.authorization\.k8s\.io\/v1(alpha1|beta1)|storage\.k8s\.io\/v1(alpha1|beta1)|scheduling\.k8s\.io\/v1(alpha1|beta1)|coordination\.k8s\.io\/v1beta1|discovery\.k8s\.io\/v1beta1|events\.k8s\.io\/v1beta1|node\.k8s\.io\/v1(alpha1|beta1))$/;

const textOf = (value: Raw | undefined): string => (typeof value === 'string' ? value : '');

function customMismatch(kind: Kind, said: string, saidVersion: string, name: string): void {
  if (saidVersion !== groupVersion(kind))
    throw badRequest(`the API version in the data (${saidVersion}) does not match the expected API version (${groupVersion(kind)})`);
  if (said !== kind.kind) throw invalidObject({ group: kind.group, kind: said }, name, [invalid('kind', said, `must be ${kind.kind}`)]);
}
