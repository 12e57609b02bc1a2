/** A simulated node or two on a virtual clock, and short ways to run things on them. */
import type { ContainerConfig, PodSandboxConfig } from '../../../src/cri/runtime.js';
import { VirtualClock } from '../../../src/platform/clock.js';
import type { Files } from '../../../src/platform/files.js';
import { memoryFiles } from '../../../src/platform/memoryfiles.js';
import { Quiescence } from '../../../src/platform/quiescence.js';
import { seededRandom } from '../../../src/platform/random.js';
import { createImageCatalog, type CatalogOptions } from '../../../src/sim/images/catalogue.js';
import { createSimNetwork } from '../../../src/sim/network/network.js';
import type { HostedPrograms } from '../../../src/sim/runtime/hosted.js';
import { createSimRuntime, type SimRuntime } from '../../../src/sim/runtime/runtime.js';

export const START = Date.parse('2026-01-02T03:04:05Z');

export function createWorld(options: { seed?: number; catalog?: CatalogOptions; hosts?: HostedPrograms } = {}) {
  const quiescence = new Quiescence();
  const clock = new VirtualClock(START, () => quiescence.settled());
  const random = seededRandom(options.seed ?? 1);
  const network = createSimNetwork({ clock, quiescence, random });
  const images = createImageCatalog(options.catalog);
  const node = (name: string, at: number, files: Files = memoryFiles({ now: () => clock.now() })) => {
    const sim = createSimRuntime({
      node: { name, addresses: [`192.168.1.${10 + at}`], podCidr: `10.244.${at}.0/24` },
      network,
      files,
      clock,
      random,
      quiescence,
      images,
      hosts: options.hosts,
    });
    return { ...sim, files, name };
  };
  return { clock, quiescence, network, random, images, node };
}

export type World = ReturnType<typeof createWorld>;
export type Node = ReturnType<World['node']>;

export function sandboxConfig(name: string, more: Partial<PodSandboxConfig> = {}): PodSandboxConfig {
  return {
    metadata: { name, uid: `uid-${name}`, namespace: 'default', attempt: 0 },
    hostname: name,
    logDirectory: `/var/log/pods/default_${name}_uid-${name}`,
    dnsConfig: { servers: ['10.96.0.10'], searches: ['default.svc.cluster.local', 'svc.cluster.local', 'cluster.local'], options: ['ndots:5'] },
    portMappings: [],
    labels: {},
    annotations: {},
    linux: { hostNetwork: false, hostPid: false, hostIpc: false, sharePid: false, sysctls: {}, cgroupParent: '' },
    ...more,
  };
}

export function containerConfig(image: string, command: string[], more: Partial<ContainerConfig> = {}): ContainerConfig {
  return {
    metadata: { name: 'c', attempt: 0 },
    image: { image, userSpecifiedImage: image },
    command,
    args: [],
    workingDir: '',
    envs: [],
    mounts: [],
    labels: {},
    annotations: {},
    logPath: 'c/0.log',
    stdin: false,
    stdinOnce: false,
    tty: false,
    linux: {
      resources: { cpuPeriod: 0, cpuQuota: 0, cpuShares: 0, memoryLimitInBytes: 0, oomScoreAdj: 0 },
      securityContext: { readonlyRootfs: false, privileged: false, supplementalGroups: [], noNewPrivs: false },
    },
    ...more,
  };
}

let nextPod = 1;

/** Starts a container in a pod of its own. */
export async function startPod(
  sim: SimRuntime,
  image: string,
  command: string[],
  more: { container?: Partial<ContainerConfig>; sandbox?: Partial<PodSandboxConfig>; name?: string } = {},
) {
  const config = sandboxConfig(more.name ?? `p${nextPod++}`, more.sandbox);
  await sim.images.pullImage(image);
  const sandbox = await sim.runtime.runPodSandbox(config);
  const id = await sim.runtime.createContainer(sandbox, containerConfig(image, command, more.container), config);
  await sim.runtime.startContainer(id);
  const [ip = ''] = (await sim.runtime.podSandboxStatus(sandbox)).ips;
  return { sandbox, id, ip, config };
}

export function logOf(node: Node, config: PodSandboxConfig): string {
  return Buffer.from(node.files.read(`${config.logDirectory}/c/0.log`) ?? '').toString();
}

/** The text of a log, without stamps, both streams. */
export function textOfLog(log: string): string {
  return log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/^\S+ (stdout|stderr) ([FP]) ?/, (_, _stream, tag: string) => `${tag} `))
    .map((line) => line.slice(2) + (line.startsWith('F') ? '\n' : ''))
    .join('');
}

export async function exec(sim: SimRuntime, id: string, ...command: string[]) {
  const { stdout, stderr, exitCode } = await sim.runtime.execSync(id, command, 0);
  return { out: Buffer.from(stdout).toString(), err: Buffer.from(stderr).toString(), code: exitCode };
}
