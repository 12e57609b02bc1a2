/**
 * A container's environment, as Kubernetes makes it: sources first, then the
 * named variables in order, each seeing those before it, then the Services of
 * the namespace where nothing else has taken the name.
 */
import { isNotFound } from '../../apimachinery/status.js';
import type { ConfigMap, Container, EnvVar, Pod, Secret, Service } from '../kinds.js';
import { expand } from './expansion.js';
import { containerResource, podField, type PodFacts } from './fieldref.js';

export interface ConfigReader {
  configMap(namespace: string, name: string): Promise<ConfigMap>;
  secret(namespace: string, name: string): Promise<Secret>;
  /** Services of the namespace, and default/kubernetes. */
  services(namespace: string): Promise<readonly Service[]>;
}

/** A pod's configuration that cannot be used: the container waits with CreateContainerConfigError. */
export class ContainerConfigError extends Error {
  override name = 'ContainerConfigError';
}

/** A file of a pod's volume, by its place on the node; `bytes` undefined: it is not there. Throws where the pod has no such volume. */
export type VolumeFile = (volume: string, path: string) => { hostPath: string; bytes: Uint8Array | undefined };

export async function environmentOf(container: Container, facts: PodFacts, reader: ConfigReader, file: VolumeFile): Promise<Map<string, string>> {
  const { pod } = facts;
  const services = serviceVariables(await reader.services(pod.metadata.namespace!).catch((error: unknown) => withoutServer(error, pod)), pod);
  const env = new Map<string, string>();
  for (const source of container.envFrom ?? []) await addAll(env, source, pod, reader);
  const known = new Map([...services, ...env]);
  for (const variable of container.env ?? []) {
    const value = variable.valueFrom === undefined ? expand(variable.value ?? '', known) : await valueFrom(variable, { container, facts, reader, file });
    if (value === undefined) continue;
    known.set(variable.name, value);
    env.set(variable.name, value);
  }
  for (const [name, value] of services) if (!env.has(name)) env.set(name, value);
  return env;
}

/** A static pod must come up before there is an API server; the API server may be that pod. */
function withoutServer(error: unknown, { metadata }: Pod): Service[] {
  if (metadata.annotations?.['kubernetes.io/config.source'] === 'file') return [];
  throw error;
}

async function addAll(
  env: Map<string, string>,
  { prefix = '', configMapRef, secretRef }: NonNullable<Container['envFrom']>[number],
  pod: Pod,
  reader: ConfigReader,
): Promise<void> {
  const namespace = pod.metadata.namespace!;
  const ref = configMapRef ?? secretRef;
  if (ref === undefined) return;
  const object = await found(
    configMapRef === undefined ? reader.secret(namespace, ref.name ?? '') : reader.configMap(namespace, ref.name ?? ''),
    configMapRef === undefined ? 'secret' : 'configmap',
    ref,
  );
  if (object === undefined) return;
  const data = configMapRef === undefined ? secretTexts(object as Secret) : ((object as ConfigMap).data ?? {});
  for (const name of Object.keys(data).sort()) env.set(`${prefix}${name}`, data[name]!);
}

interface Ref {
  name?: string | undefined;
  optional?: boolean | undefined;
}

async function found<T>(read: Promise<T>, kind: string, { name = '', optional }: Ref): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (!isNotFound(error)) throw error;
    if (optional === true) return undefined;
    throw new ContainerConfigError(`${kind} ${JSON.stringify(name)} not found`);
  }
}

export const secretTexts = ({ data = {} }: Secret): Record<string, string> =>
  Object.fromEntries(
    Object.entries(data).map(([name, encoded]) => [name, Buffer.from((encoded as unknown as string | null) ?? '', 'base64').toString('utf8')]),
  );

async function valueFrom(
  { valueFrom: source = {} }: EnvVar,
  { container, facts, reader, file }: { container: Container; facts: PodFacts; reader: ConfigReader; file: VolumeFile },
): Promise<string | undefined> {
  const namespace = facts.pod.metadata.namespace!;
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = source;
  if (fieldRef !== undefined) return podField(fieldRef.fieldPath, facts);
  if (resourceFieldRef !== undefined) return containerResource(resourceFieldRef, named(facts.pod, resourceFieldRef.containerName) ?? container, facts);
  if (configMapKeyRef !== undefined) {
    const object = await found(reader.configMap(namespace, configMapKeyRef.name ?? ''), 'configmap', configMapKeyRef);
    return keyed(object?.data, configMapKeyRef, object === undefined ? undefined : `ConfigMap ${namespace}/${configMapKeyRef.name}`);
  }
  if (secretKeyRef !== undefined) {
    const object = await found(reader.secret(namespace, secretKeyRef.name ?? ''), 'secret', secretKeyRef);
    return keyed(
      object === undefined ? undefined : secretTexts(object),
      secretKeyRef,
      object === undefined ? undefined : `Secret ${namespace}/${secretKeyRef.name}`,
    );
  }
  return fileKeyRef === undefined ? undefined : fromFile(fileKeyRef, file);
}

async function fromFile(
  { volumeName, path, key, optional }: { volumeName: string; path: string; key: string; optional?: boolean | undefined },
  file: VolumeFile,
): Promise<string | undefined> {
  const { bytes, hostPath } = file(volumeName, path);
  // As Kubernetes: the key alone is optional, not the file.
  if (bytes === undefined) throw new ContainerConfigError("couldn't parse env file");
  const { envFileValue } = await import('./envfile.js');
  let value: string | undefined;
  try {
    value = envFileValue(Buffer.from(bytes).toString('utf8'), key);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new ContainerConfigError("couldn't parse env file"); // as Kubernetes: the line is for its own log alone
  }
  if (value === undefined && optional !== true)
    throw new ContainerConfigError(`environment variable key ${JSON.stringify(key)} not found in file ${JSON.stringify(hostPath)}`);
  return value;
}

const named = (pod: Pod, name: string | undefined): Container | undefined =>
  name === undefined || name === '' ? undefined : [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].find((container) => container.name === name);

function keyed(
  data: Readonly<Record<string, string>> | undefined,
  { key, optional }: { key: string; optional?: boolean | undefined },
  where: string | undefined,
): string | undefined {
  const value = data?.[key];
  if (value !== undefined || optional === true || where === undefined) return value;
  throw new ContainerConfigError(`couldn't find key ${key} in ${where}`);
}

const MASTER_NAMESPACE = 'default';
const MASTER_SERVICE = 'kubernetes';

/** Docker's link variables for each Service that has an address. */
export function serviceVariables(services: readonly Service[], pod: Pod): Map<string, string> {
  const all = new Map<string, string>();
  const chosen = services.filter(({ metadata, spec }) => {
    const { clusterIP = '' } = spec;
    if (clusterIP === '' || clusterIP === 'None') return false;
    if (metadata.namespace === MASTER_NAMESPACE && metadata.name === MASTER_SERVICE) return true;
    return metadata.namespace === pod.metadata.namespace && pod.spec.enableServiceLinks !== false;
  });
  // A Service of the pod's own namespace wins over default/kubernetes.
  chosen.sort((a, b) => Number(a.metadata.namespace === pod.metadata.namespace) - Number(b.metadata.namespace === pod.metadata.namespace));
  for (const service of chosen) addService(all, service);
  return all;
}

function addService(all: Map<string, string>, { metadata, spec }: Service): void {
  const prefix = metadata.name!.toUpperCase().replace(/-/g, '_');
  const address = spec.clusterIP!;
  const ports = spec.ports ?? [];
  all.set(`${prefix}_SERVICE_HOST`, address);
  if (ports.length === 0) return;
  all.set(`${prefix}_SERVICE_PORT`, String(ports[0]!.port));
  for (const { name, port } of ports)
    if (name !== undefined && name !== '') all.set(`${prefix}_SERVICE_PORT_${name.toUpperCase().replace(/-/g, '_')}`, String(port));
  ports.forEach(({ port, protocol = 'TCP' }, at) => {
    const scheme = protocol.toLowerCase();
    const url = `${scheme}://${address.includes(':') ? `[${address}]` : address}:${port}`;
    if (at === 0) all.set(`${prefix}_PORT`, url);
    const link = `${prefix}_PORT_${port}_${protocol}`;
    all.set(link, url);
    all.set(`${link}_PROTO`, scheme);
    all.set(`${link}_PORT`, String(port));
    all.set(`${link}_ADDR`, address);
  });
}
