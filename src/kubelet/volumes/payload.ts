/** What configMap, secret, downwardAPI and projected volumes hold, with Kubernetes' words for what is missing. */
import { isNotFound } from '../../apimachinery/status.js';
import type { ConfigReader } from '../containers/env.js';
import { containerResource, podField, type PodFacts } from '../containers/fieldref.js';
import type { ConfigMap, Secret, Volume } from '../kinds.js';
import type { FileContent, Payload } from './atomicwriter.js';

export interface PayloadDeps {
  reader: ConfigReader;
  facts: PodFacts;
  /** undefined: tokens are not kept on this node. */
  token(request: { audience: string; expirationSeconds: number; path: string }): Promise<string | undefined>;
}

type Projected = NonNullable<Volume['projected']>;
type Source = NonNullable<Projected['sources']>[number];
type Items = readonly { key: string; path: string; mode?: number | undefined }[];

const MODE = 0o644;
const TOKEN_SECONDS = 3600;

/** undefined: not a volume of configuration. Throws an Error whose message follows "MountVolume.SetUp failed for volume …". */
export async function payloadOf(volume: Volume, deps: PayloadDeps): Promise<Payload | undefined> {
  const payload = new Map<string, FileContent>();
  const { configMap, secret, downwardAPI, projected } = volume;
  if (configMap !== undefined) await addConfigMap(payload, { ...configMap, mode: configMap.defaultMode }, deps);
  else if (secret !== undefined) await addSecret(payload, { ...secret, name: secret.secretName, mode: secret.defaultMode }, deps);
  else if (downwardAPI !== undefined) addDownward(payload, downwardAPI.items ?? [], downwardAPI.defaultMode ?? MODE, deps);
  else if (projected !== undefined) await addProjected(payload, projected, deps);
  else return undefined;
  return payload;
}

async function addProjected(payload: Map<string, FileContent>, { sources, defaultMode: mode }: Projected, deps: PayloadDeps): Promise<void> {
  const problems: string[] = [];
  for (const source of sources ?? []) {
    try {
      await addSource(payload, source, mode, deps);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      problems.push(error.message); // as Kubernetes: every source is tried, and all that failed are named
    }
  }
  if (problems.length === 1) throw new Error(problems[0]);
  if (problems.length > 1) throw new Error(`[${[...new Set(problems)].join(', ')}]`);
}

async function addSource(
  payload: Map<string, FileContent>,
  { configMap, secret, downwardAPI, serviceAccountToken, ...rest }: Source,
  mode: number | undefined,
  deps: PayloadDeps,
): Promise<void> {
  if (configMap !== undefined) return addConfigMap(payload, { ...configMap, mode }, deps);
  if (secret !== undefined) return addSecret(payload, { ...secret, mode }, deps);
  if (downwardAPI !== undefined) return addDownward(payload, downwardAPI.items ?? [], mode ?? MODE, deps);
  if (serviceAccountToken === undefined) throw new Error(`projection of ${Object.keys(rest).join(', ')} is not supported by this kubelet`);
  const { audience = '', expirationSeconds = TOKEN_SECONDS, path } = serviceAccountToken;
  const token = await deps.token({ audience, expirationSeconds, path });
  if (token !== undefined) payload.set(path, { data: Buffer.from(token), mode: mode ?? MODE });
}

interface Reference {
  name?: string | undefined;
  items?: Items | undefined;
  optional?: boolean | undefined;
  mode?: number | undefined;
}

async function addConfigMap(payload: Map<string, FileContent>, reference: Reference, { reader, facts }: PayloadDeps): Promise<void> {
  const object = await readOr(reader.configMap(facts.pod.metadata.namespace!, reference.name ?? ''), 'configmap', reference);
  const { data = {}, binaryData = {} } = object ?? ({} as Partial<ConfigMap>);
  const all = new Map<string, Uint8Array>();
  for (const [name, text] of Object.entries(data)) all.set(name, Buffer.from(text));
  for (const [name, encoded] of Object.entries(binaryData)) all.set(name, Buffer.from((encoded as unknown as string | null) ?? '', 'base64'));
  addItems(payload, all, reference, 'configmap references non-existent config key');
}

async function addSecret(payload: Map<string, FileContent>, reference: Reference, { reader, facts }: PayloadDeps): Promise<void> {
  const object = await readOr(reader.secret(facts.pod.metadata.namespace!, reference.name ?? ''), 'secret', reference);
  const all = new Map(
    Object.entries((object?.data ?? {}) as unknown as Record<string, string>).map(([name, encoded]) => [
      name,
      Buffer.from(encoded ?? '', 'base64') as Uint8Array,
    ]),
  );
  addItems(payload, all, reference, 'references non-existent secret key');
}

async function readOr<T extends ConfigMap | Secret>(read: Promise<T>, kind: string, { name = '', optional }: Reference): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (!isNotFound(error)) throw error;
    if (optional === true) return undefined;
    throw new Error(`${kind} ${JSON.stringify(name)} not found`, { cause: error });
  }
}

function addItems(payload: Map<string, FileContent>, all: ReadonlyMap<string, Uint8Array>, { items, optional, mode = MODE }: Reference, missing: string): void {
  if (items === undefined || items.length === 0) {
    for (const name of [...all.keys()].sort()) payload.set(name, { data: all.get(name)!, mode });
    return;
  }
  for (const { key, path, mode: own } of items) {
    const data = all.get(key);
    if (data !== undefined) payload.set(path, { data, mode: own ?? mode });
    else if (optional !== true) throw new Error(`${missing}: ${key}`);
  }
}

type DownwardItems = NonNullable<NonNullable<Volume['downwardAPI']>['items']>;

function addDownward(payload: Map<string, FileContent>, items: DownwardItems, mode: number, { facts }: PayloadDeps): void {
  for (const { path, fieldRef, resourceFieldRef, mode: own } of items) {
    const text =
      fieldRef !== undefined
        ? podField(fieldRef.fieldPath, facts)
        : resourceFieldRef !== undefined
          ? containerResource(resourceFieldRef, containerOf(facts, resourceFieldRef.containerName), facts)
          : '';
    payload.set(path, { data: Buffer.from(text), mode: own ?? mode });
  }
}

function containerOf({ pod }: PodFacts, name: string | undefined) {
  const found = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].find((container) => container.name === name);
  if (found === undefined) throw new Error(`container ${name ?? ''} not found`);
  return found;
}
