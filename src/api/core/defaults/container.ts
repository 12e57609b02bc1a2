/**
 * Defaults of one container, wherever it stands: in a pod, in a template, as
 * an init or ephemeral container. As SetDefaults_Container, _Probe, … do.
 */
import type { Container, ContainerPort, EnvVar, EphemeralContainer, LifecycleHandler, Probe } from '../types/container.js';
import { defaultResources } from './resources.js';

export function defaultContainer(container: Container | EphemeralContainer): void {
  container.imagePullPolicy ||= pullPolicyOf(container.image);
  container.terminationMessagePath ||= '/dev/termination-log';
  container.terminationMessagePolicy ||= 'File';
  for (const port of container.ports ?? []) defaultPort(port);
  for (const env of container.env ?? []) defaultEnv(env);
  defaultResources(container.resources);
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) if (probe !== undefined) defaultProbe(probe);
  for (const handler of [container.lifecycle?.postStart, container.lifecycle?.preStop]) defaultHandler(handler);
}

function defaultPort(port: ContainerPort): void {
  port.protocol ||= 'TCP';
}

function defaultEnv({ valueFrom }: EnvVar): void {
  if (valueFrom?.fieldRef !== undefined) valueFrom.fieldRef.apiVersion ||= 'v1';
  if (valueFrom?.fileKeyRef !== undefined) valueFrom.fileKeyRef.optional ??= false;
}

function defaultProbe(probe: Probe): void {
  probe.timeoutSeconds ||= 1;
  probe.periodSeconds ||= 10;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= 3;
  if (probe.grpc !== undefined) probe.grpc.service ??= '';
  defaultHandler(probe);
}

function defaultHandler(handler: Pick<LifecycleHandler, 'httpGet'> | undefined): void {
  if (handler?.httpGet === undefined) return;
  handler.httpGet.path ||= '/';
  handler.httpGet.scheme ||= 'HTTP';
}

/** Always for ":latest" and for no tag at all, unless a digest pins the image; an image that cannot be parsed counts as pinned. */
export function pullPolicyOf(image = ''): PullPolicy {
  let policy = policies.get(image);
  if (policy !== undefined) return policy;
  policy = parseImage(image)?.tag === 'latest' ? 'Always' : 'IfNotPresent';
  if (policies.size >= IMAGES_MAX) policies.clear();
  policies.set(image, policy);
  return policy;
}

type PullPolicy = 'Always' | 'IfNotPresent';
/** The same few images come again and again. */
const policies = new Map<string, PullPolicy>();
const IMAGES_MAX = 1_000;

const DIGEST = /@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const TAG = /:([\w][\w.-]{0,127})$/;
const DOMAIN =
  '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(?::[0-9]+)?|\\[[a-fA-F0-9:]+\\](?::[0-9]+)?';
const PATH_PART = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const IMAGE_NAME = new RegExp(`^(?:(?:${DOMAIN})/)?${PATH_PART}(?:/${PATH_PART})*$`);

function parseImage(image: string): { tag: string } | undefined {
  const digest = DIGEST.exec(image)?.[0] ?? '';
  const named = image.slice(0, image.length - digest.length);
  const tag = TAG.exec(named)?.[1];
  const name = tag === undefined ? named : named.slice(0, -tag.length - 1);
  if (!IMAGE_NAME.test(name) || repositoryPath(name).length > REPOSITORY_PATH_MAX || IDENTIFIER.test(image)) return undefined;
  return { tag: tag ?? (digest === '' ? 'latest' : '') };
}

const REPOSITORY_PATH_MAX = 255;
/** Sixty-four hexadecimal digits are an image's id, not its name. */
const IDENTIFIER = /^[a-f0-9]{64}$/;

/** What follows the registry; without one it is Docker Hub, whose own images lie in "library". */
function repositoryPath(name: string): string {
  const [head = '', ...rest] = name.split('/');
  const hasRegistry = rest.length > 0 && (/[.:]/.test(head) || head === 'localhost' || head.toLowerCase() !== head);
  const path = hasRegistry ? rest.join('/') : name;
  const isHub = !hasRegistry || head === 'docker.io' || head === 'index.docker.io';
  return isHub && !path.includes('/') ? `library/${path}` : path;
}
