/** What the runtime is told to make of a container: command, environment, mounts, user, limits. */
import { fnv32a } from '../../apimachinery/hash.js';
import { quantityOf } from '../../apimachinery/quantity.js';
import type { ContainerConfig, ImageStatus, Mount } from '../../cri/runtime.js';
import type { Context } from '../context.js';
import type { Container, Pod } from '../kinds.js';
import { runtimeResources } from '../pods/resources.js';
import { hostsFile, podLabels } from '../pods/sandboxconfig.js';
import { mountsOf, podFolder, type MountedVolume } from '../volumes/volumes.js';
import { ContainerConfigError, environmentOf } from './env.js';
import { expand } from './expansion.js';
import { podText } from './hooks.js';
import { MESSAGE_PATH, MESSAGE_POLICY, messageFile } from './terminationmessage.js';

/** A node that says nothing of hosts knows itself. */
const BARE_HOSTS = '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n';

export interface ContainerConfigInputs {
  pod: Pod;
  container: Container;
  attempt: number;
  image: ImageStatus;
  podIps: readonly string[];
  volumes: ReadonlyMap<string, MountedVolume>;
  /** The container whose processes it is to be among. */
  targetId?: string;
}

export const CONTAINER_HASH = 'io.kubernetes.container.hash';
export const CONTAINER_RESTARTS = 'io.kubernetes.container.restartCount';

/** Only what cannot change in a container that runs: its name and image. */
export const containerHash = ({ name, image }: Pick<Container, 'name' | 'image'>): string => fnv32a(JSON.stringify({ name, image })).toString(16);

/** Throws ContainerConfigError in the kubelet's words. */
export async function containerConfig(inputs: ContainerConfigInputs, context: Context): Promise<ContainerConfig> {
  const { pod, container, attempt, image, podIps } = inputs;
  const facts = { pod, podIps, hostIps: context.hostIps, allocatable: context.allocatable };
  const env = await environmentOf(container, facts, context.reader, (volume, path) => volumeFile(inputs, volume, path, context));
  const securityContext = securityOf(pod, container, image);
  const known = new Map(env);
  return {
    metadata: { name: container.name, attempt },
    image: { image: container.image ?? '', userSpecifiedImage: container.image ?? '' },
    command: (container.command ?? []).map((text) => expand(text, known)),
    args: (container.args ?? []).map((text) => expand(text, known)),
    workingDir: container.workingDir ?? '',
    envs: [...env].map(([key, value]) => ({ key, value })),
    mounts: context.keepsFiles ? allMounts(inputs, env, context) : [],
    labels: { ...podLabels(pod), 'io.kubernetes.container.name': container.name },
    annotations: {
      ...context.options.containerAnnotations?.(pod, container),
      [CONTAINER_HASH]: containerHash(container),
      [CONTAINER_RESTARTS]: String(attempt),
      [MESSAGE_PATH]: container.terminationMessagePath ?? '',
      [MESSAGE_POLICY]: container.terminationMessagePolicy ?? 'File',
      'io.kubernetes.pod.terminationGracePeriod': String(pod.spec.terminationGracePeriodSeconds ?? 30),
    },
    logPath: `${container.name}/${attempt}.log`,
    stdin: container.stdin === true,
    stdinOnce: container.stdinOnce === true,
    tty: container.tty === true,
    linux: {
      resources: runtimeResources(pod, container, Number(quantityOf(context.options.capacity['memory']).value())),
      securityContext: { ...securityContext, ...(inputs.targetId === undefined ? {} : { targetId: inputs.targetId }) },
    },
    ...(container.lifecycle?.stopSignal === undefined ? {} : { stopSignal: container.lifecycle.stopSignal }),
  };
}

function volumeFile(
  { volumes }: ContainerConfigInputs,
  name: string,
  path: string,
  { options, keepsFiles }: Context,
): { hostPath: string; bytes: Uint8Array | undefined } {
  const volume = volumes.get(name);
  if (volume === undefined && keepsFiles) throw new ContainerConfigError(`cannot find the volume ${JSON.stringify(name)} referenced by FileKeyRef`);
  const hostPath = `${volume?.path ?? ''}/${path}`;
  return { hostPath, bytes: volume === undefined ? undefined : options.files.read(hostPath) };
}

function securityOf(pod: Pod, container: Container, image: ImageStatus): ContainerConfig['linux']['securityContext'] {
  const own = container.securityContext ?? {};
  const shared = pod.spec.securityContext ?? {};
  const runAsUser = own.runAsUser ?? shared.runAsUser;
  const runAsGroup = own.runAsGroup ?? shared.runAsGroup;
  if ((own.runAsNonRoot ?? shared.runAsNonRoot) === true) verifyNonRoot(pod, container, runAsUser, image);
  return {
    ...(runAsUser === undefined ? {} : { runAsUser: Number(runAsUser) }),
    ...(runAsGroup === undefined ? {} : { runAsGroup: Number(runAsGroup) }),
    readonlyRootfs: own.readOnlyRootFilesystem === true,
    privileged: own.privileged === true,
    supplementalGroups: [...(shared.supplementalGroups ?? []), ...(shared.fsGroup === undefined ? [] : [shared.fsGroup])].map(Number),
    ...(own.capabilities === undefined ? {} : { capabilities: { add: own.capabilities.add ?? [], drop: own.capabilities.drop ?? [] } }),
    noNewPrivs: own.allowPrivilegeEscalation === false,
    ...(own.privileged !== true && (own.seccompProfile ?? shared.seccompProfile ?? { type: 'Unconfined' }).type !== 'Unconfined' ? { seccomp: true } : {}),
  };
}

function verifyNonRoot(pod: Pod, container: Container, runAsUser: number | bigint | undefined, { uid, username }: ImageStatus): void {
  const where = `(pod: "${podText(pod)}", container: ${container.name})`;
  if (runAsUser !== undefined) {
    if (Number(runAsUser) === 0) throw new ContainerConfigError(`container's runAsUser breaks non-root policy ${where}`);
    return;
  }
  if (uid === undefined && username !== '')
    throw new ContainerConfigError(`container has runAsNonRoot and image has non-numeric user (${username}), cannot verify user is non-root ${where}`);
  if (uid === undefined || uid === 0) throw new ContainerConfigError(`container has runAsNonRoot and image will run as root ${where}`);
}

function allMounts(
  { pod, container, attempt, podIps, volumes }: ContainerConfigInputs,
  env: ReadonlyMap<string, string>,
  { options, config }: Context,
): Mount[] {
  const { files } = options;
  const mounts = mountsOf(container, pod, volumes, { env, files });
  if (!mounts.some(({ containerPath }) => containerPath === '/etc/hosts')) {
    const hosts = `${podFolder(pod.metadata.uid!)}/etc-hosts`;
    const nodeHosts = Buffer.from(files.read('/etc/hosts') ?? BARE_HOSTS).toString('utf8');
    files.write(hosts, hostsFile(pod, { podIps, config, nodeHosts }), { mode: 0o644 });
    mounts.push({ containerPath: '/etc/hosts', hostPath: hosts, readonly: false });
  }
  if (container.terminationMessagePath !== undefined && container.terminationMessagePath !== '') {
    const hostPath = messageFile(pod.metadata.uid!, container.name, attempt);
    files.write(hostPath, '', { mode: 0o666 });
    mounts.push({ containerPath: container.terminationMessagePath, hostPath, readonly: false });
  }
  return mounts;
}
