/** DeleteOptions, from the body or else from the query, checked in Kubernetes' words. */
import { typeNodeOf } from '../../apimachinery/compile.js';
import { decodeJson, DecodeError, isRawObject, type Decoded, type Raw } from '../../apimachinery/decode.js';
import { invalid, notSupported, type Causes } from '../../apimachinery/fielderror.js';
import { badRequest, invalidObject, requestEntityTooLarge, unsupportedMediaType } from '../../apimachinery/status.js';
import type { StructNode } from '../../apimachinery/typenode.js';
import { fromWire } from '../../apimachinery/walk.js';
import type { KindCall } from '../context.js';
import { integer } from '../listoptions.js';
import { queryTrue } from '../route.js';
import { headerText } from '../negotiate.js';
import { isYamlError } from './decode.js';
import { dryRunCauses } from './options.js';

export interface DeleteOptions {
  gracePeriodSeconds?: number;
  preconditions?: { uid?: string; resourceVersion?: string };
  orphanDependents?: boolean;
  propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  dryRun: boolean;
}

interface Given extends Omit<DeleteOptions, 'dryRun' | 'propagationPolicy'> {
  propagationPolicy?: string;
  dryRun?: string[];
}

export async function deleteOptions(call: KindCall): Promise<DeleteOptions> {
  const { body } = call.request;
  const given =
    body === undefined || (body instanceof Uint8Array && body.byteLength === 0)
      ? fromQuery(call.request.query)
      : await fromBody(body, headerText(call.request.headers, 'content-type'));
  const causes = causesOf(given);
  if (causes.length > 0) throw invalidObject({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', causes);
  const { dryRun = [], ...rest } = given;
  const asked = dryRun.length > 0 || call.request.query.getAll('dryRun').length > 0;
  return { ...(rest as Omit<DeleteOptions, 'dryRun'>), dryRun: asked };
}

function fromQuery(query: URLSearchParams): Given {
  const grace = integer(query.get('gracePeriodSeconds'));
  const orphan = query.get('orphanDependents');
  const policy = query.get('propagationPolicy');
  return {
    ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
    ...(orphan === null ? {} : { orphanDependents: queryTrue(orphan) }),
    ...(policy === null || policy === '' ? {} : { propagationPolicy: policy }),
    dryRun: query.getAll('dryRun'),
  };
}

const MEDIA_TYPES = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';
const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const BODY_BYTES_MAX = 3_145_728;

async function fromBody(body: Uint8Array | object, type: string): Promise<Given> {
  const { DeleteOptions: schema } = await import('../../apimachinery/meta/options.js');
  if (body instanceof Uint8Array && body.byteLength > BODY_BYTES_MAX) throw requestEntityTooLarge(`limit is ${BODY_BYTES_MAX}`);
  const media = type.split(';')[0]!.trim().toLowerCase();
  if (body instanceof Uint8Array && !['', 'application/json', 'application/yaml', PROTOBUF].includes(media))
    throw unsupportedMediaType(`the body of the request was in an unknown format - accepted media types include: ${MEDIA_TYPES}`);
  const node = typeNodeOf(schema);
  let value: Raw;
  try {
    value = !(body instanceof Uint8Array) ? (body as Raw) : (await decoderOf(media, node))(body).value;
  } catch (error) {
    if (isYamlError(error)) throw badRequest(error.message);
    if (!(error instanceof DecodeError)) throw error;
    throw badRequest(`couldn't get version/kind; json parse error: ${error.message}`);
  }
  const said = isRawObject(value) && typeof value['kind'] === 'string' ? value['kind'] : '';
  if (said !== '' && said !== 'DeleteOptions')
    throw badRequest(
      `no kind ${JSON.stringify(said)} is registered for version ${JSON.stringify(isRawObject(value) ? (value['apiVersion'] ?? '') : '')} in scheme "pkg/runtime/scheme.go:111"`,
    );
  const { object, errors } = fromWire<Given>(node, value ?? {});
  if (errors[0] !== undefined) throw badRequest(errors[0]);
  return object;
}

async function decoderOf(media: string, node: StructNode): Promise<(body: Uint8Array) => Decoded> {
  if (media === 'application/yaml') return (await import('../../apimachinery/yaml.js')).decodeYaml;
  if (media !== PROTOBUF) return decodeJson;
  const { decodeProtobuf, isEnveloped } = await import('../../apimachinery/protobuf.js');
  return (body) => {
    if (!isEnveloped(body)) throw badRequest('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
    return decodeProtobuf(body, node, 'DeleteOptions');
  };
}

const POLICIES = ['Foreground', 'Background', 'Orphan', 'nil'];

function causesOf({ propagationPolicy: policy, orphanDependents, dryRun = [] }: Given): Causes {
  const causes: Causes = [];
  if (policy !== undefined && orphanDependents !== undefined)
    causes.push(invalid('propagationPolicy', policy, 'orphanDependents and deletionPropagation cannot be both set'));
  if (policy !== undefined && policy !== 'Foreground' && policy !== 'Background' && policy !== 'Orphan')
    causes.push(notSupported('propagationPolicy', policy, POLICIES));
  return [...causes, ...dryRunCauses(dryRun)];
}
