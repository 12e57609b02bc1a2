/**
 * A custom resource from one version to another: by a new apiVersion alone, or
 * by the webhook that its definition names (ConversionReview v1 and v1beta1).
 * What a webhook answers is checked as kube-apiserver checks it: it may change
 * everything but an object's identity, and of its metadata labels and annotations alone.
 */
import type { CustomResourceDefinition } from '../../api/apiextensions/types/customresourcedefinition.js';
import type { Conversion } from '../../api/kind.js';
import { deepCopy } from '../../apimachinery/deep.js';
import { aggregateText } from '../../apimachinery/fielderror.js';
import { validateAnnotations, validateLabels } from '../../apimachinery/names.js';
import type { KubeObject } from '../../apimachinery/object.js';
import { unforeseen } from '../../apimachinery/status.js';
import { randomUid } from '../../platform/random.js';
import type { ClientConfig } from '../admission/webhook/client.js';
import type { Server } from '../context.js';

/** Brings an object that a webhook made into the form of its version: pruned and defaulted. */
type Coerce = (object: any) => Promise<any>;

export function conversionOf(
  server: Server,
  { spec, metadata }: CustomResourceDefinition,
  version: string,
  stored: string,
  coerce: (version: string) => Coerce,
): Conversion {
  const gv = (name: string): string => `${spec.group}/${name}`;
  const renamed =
    (to: string) =>
    (object: KubeObject): KubeObject =>
      object.apiVersion === to ? object : { ...object, apiVersion: to };
  if (spec.conversion?.strategy !== 'Webhook') return { toStored: renamed(gv(stored)), fromStored: renamed(gv(version)) };
  const { clientConfig, conversionReviewVersions = [] } = spec.conversion.webhook ?? {};
  const convert = async (objects: readonly KubeObject[], to: string): Promise<KubeObject[]> => {
    const foreign = objects.filter(({ apiVersion }) => apiVersion !== gv(to));
    const made =
      foreign.length === 0
        ? []
        : await ask(server, {
            name: metadata.name!,
            config: (clientConfig ?? {}) as ClientConfig,
            versions: conversionReviewVersions,
            to: gv(to),
            objects: foreign,
          });
    const coerced = await Promise.all(made.map(coerce(to)));
    return objects.map((object) => (object.apiVersion === gv(to) ? object : coerced.shift()!));
  };
  const early = (): never => {
    throw new Error('an object that a webhook converts was shown before it was converted');
  };
  return {
    toStored: early,
    fromStored: early,
    later: {
      toStored: async (object) => (await convert([object], stored))[0]!,
      fromStored: (objects) => convert(objects, version),
      same: (object) => object.apiVersion === gv(version),
    },
  };
}

interface Question {
  name: string;
  config: ClientConfig;
  versions: readonly string[];
  /** The apiVersion that is wanted. */
  to: string;
  objects: readonly KubeObject[];
}

async function ask(server: Server, { config, versions, to, objects }: Question): Promise<any[]> {
  const version = versions.find((one) => one === 'v1' || one === 'v1beta1');
  if (version === undefined) throw unforeseen('no supported conversion review versions');
  const { postReview } = await import('../admission/webhook/client.js');
  const uid = randomUid(server.options.random);
  const apiVersion = `apiextensions.k8s.io/${version}`;
  const [{ apiVersion: from, kind }] = objects as readonly [KubeObject];
  const who = `conversion webhook for ${from}, Kind=${kind}`;
  const failed = (why: string): Error => unforeseen(`${who} failed: ${why}`);
  const answer = await postReview(server, config, {
    body: {
      kind: 'ConversionReview',
      apiVersion,
      request: { uid, desiredAPIVersion: to, objects },
      response: { uid: '', convertedObjects: null, result: { metadata: {} } },
    },
  }).catch((error: unknown) => {
    throw failed((error as Error).message);
  });
  const converted = convertedObjects(answer, { uid, apiVersion }, failed);
  if (converted.length !== objects.length) throw unforeseen(`${who} returned ${converted.length} objects, expected ${objects.length}`);
  return converted.map((object, at) => checked(object, objects[at]!, to, { who, at }));
}

function convertedObjects(answer: any, { uid, apiVersion }: { uid: string; apiVersion: string }, failed: (why: string) => Error): any[] {
  const strict = apiVersion.endsWith('/v1');
  if (strict && (answer.kind !== 'ConversionReview' || answer.apiVersion !== apiVersion))
    throw failed(`expected webhook response of ${apiVersion}, Kind=ConversionReview, got ${gvOf(answer)}, Kind=${answer.kind ?? ''}`);
  const { response } = answer;
  if (typeof response !== 'object' || response === null) throw failed('no response provided');
  if (strict && response.uid !== uid) throw failed(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(response.uid ?? '')}`);
  const { status = '', message = '' } = response.result ?? {};
  if (status !== 'Success') throw failed(message !== '' ? message : `response.result.status was '${status}', not 'Success'`);
  return Array.isArray(response.convertedObjects) ? response.convertedObjects : [];
}

const gvOf = ({ apiVersion = '' }: { apiVersion?: string }): string => (apiVersion.includes('/') ? apiVersion : `/${apiVersion}`);

function checked(object: any, original: KubeObject, to: string, { who, at }: { who: string; at: number }): any {
  const invalid = (why: string): Error => unforeseen(`${who} returned invalid object at index ${at}: ${why}`);
  if (object?.apiVersion !== to) throw invalid(`invalid groupVersion (expected ${to}, received ${object?.apiVersion ?? ''})`);
  if (object.kind !== original.kind) throw invalid(`invalid kind (expected ${original.kind}, received ${object.kind})`);
  const before: any = original.metadata;
  const after: any = object.metadata ?? {};
  for (const [told, field] of [
    ['name', 'name'],
    ['namespace', 'namespace'],
    ['UID', 'uid'],
  ] as const) {
    if ((before[field] ?? '') !== (after[field] ?? ''))
      throw unforeseen(`${who} returned invalid object: must have the same ${told}: ${before[field] ?? ''} != ${after[field] ?? ''}`);
  }
  if (object.metadata === undefined) throw unforeseen(`${who} returned invalid metadata: missing metadata in converted object`);
  return { ...object, metadata: restored(before, after, (why) => unforeseen(`${who} returned invalid metadata: ${why}`)) };
}

/** The original's metadata, with the labels and annotations that came back. */
function restored(before: any, after: any, invalid: (why: string) => Error): any {
  const { labels: _, annotations: __, managedFields, ownerReferences, finalizers, ...rest } = deepCopy(before);
  const maps = Object.fromEntries(
    (['labels', 'annotations'] as const).flatMap((field) =>
      after[field] === undefined || after[field] === null ? [] : [[field, textMap(after[field], field, invalid)]],
    ),
  );
  return {
    ...rest,
    ...maps,
    ...(ownerReferences === undefined ? {} : { ownerReferences }),
    ...(finalizers === undefined ? {} : { finalizers }),
    ...(managedFields === undefined ? {} : { managedFields }),
  };
}

function textMap(map: any, field: 'labels' | 'annotations', invalid: (why: string) => Error): Record<string, string> {
  if (typeof map !== 'object' || Array.isArray(map)) throw invalid(`invalid metadata.${field} of type ${goType(map)} in converted object`);
  for (const [key, value] of Object.entries(map))
    if (typeof value !== 'string') throw invalid(`metadata.${field}[${key}] must be a string, but is ${goType(value)} in converted object`);
  const causes = field === 'labels' ? validateLabels(map, 'metadata.labels') : validateAnnotations(map, 'metadata.annotation');
  if (causes.length > 0) throw invalid(aggregateText(causes));
  return map as Record<string, string>;
}

const goType = (value: unknown): string =>
  Array.isArray(value)
    ? '[]interface {}'
    : value === null
      ? '<nil>'
      : ({ number: Number.isInteger(value) ? 'int64' : 'float64', boolean: 'bool', string: 'string' }[typeof value as 'number'] ?? 'map[string]interface {}');
