/**
 * What kube-scheduler is told by a KubeSchedulerConfiguration: the file that its
 * static pod's command names with --config, or one handed in. And how its
 * extenders are reached: over the machine's own network.
 */
import { systemClock } from '../platform/clock.js';
import type { Files } from '../platform/files.js';
import type { ConfigFile } from '../scheduler/configfile.js';
import type { Ask } from '../scheduler/extenders.js';
import { ClusterError, type ClusterConfig, type ClusterPaths } from './home.js';
import { nodeFiles } from './nodefiles.js';

const MANIFEST = 'etc/kubernetes/manifests/kube-scheduler.yaml';

type Place = { paths: ClusterPaths; config: ClusterConfig };

/** Whether the static pod names a file: only then is there anything to read. */
export function namesSchedulerConfig(place: Place): boolean {
  return manifestOf(place)?.includes('--config') === true;
}

/** Undefined where none is named. Throws a ClusterError that tells what is wrong. */
export async function schedulerConfig(place: Place): Promise<ConfigFile | undefined> {
  const manifest = manifestOf(place);
  if (manifest === undefined || !manifest.includes('--config')) return undefined;
  const { parseYaml } = await import('../apimachinery/yamlread.js');
  const { spec } = parseYaml(manifest) as { spec?: PodSpec };
  const path = namedFile(spec);
  if (path === undefined) return undefined;
  const onDisk = hostPath(spec!, path);
  const content = onDisk === undefined ? undefined : filesOf(place).read(onDisk.replace(/^\//, ''));
  if (content === undefined) throw new ClusterError(`open ${path}: no such file or directory`);
  return readSchedulerConfig(Buffer.from(content).toString());
}

export async function readSchedulerConfig(content: string): Promise<ConfigFile> {
  const [{ readConfigFile }, { ConfigError }] = await Promise.all([import('../scheduler/configfile.js'), import('../scheduler/profile.js')]);
  try {
    return readConfigFile(content);
  } catch (error) {
    if (error instanceof ConfigError) throw new ClusterError(error.message);
    throw error;
  }
}

/** `readFile` reads what the TLS settings name. */
export function askingOver(readFile: (path: string) => string): Ask {
  return async ({ url, body, timeoutMs, tls = {} }) => {
    const { dialOut } = await import('../server/dial.js');
    const { insecure, certFile, keyFile, caFile } = tls;
    const answer = await dialOut(
      {
        method: 'POST',
        url,
        headers: { 'content-type': 'application/json' },
        body: Buffer.from(body),
        timeoutMs,
        ...(insecure === true ? { insecureSkipTlsVerify: true } : {}),
        ...(caFile === undefined ? {} : { caBundle: readFile(caFile) }),
        ...(certFile === undefined || keyFile === undefined ? {} : { cert: readFile(certFile), key: readFile(keyFile) }),
      },
      systemClock,
    );
    return { status: answer.status, body: Buffer.from(answer.body).toString() };
  };
}

/** A file on the control plane's disk. */
export function fileOnControlPlane(place: Place): (path: string) => string {
  return (path) => {
    const content = filesOf(place).read(path.replace(/^\//, ''));
    if (content === undefined) throw new ClusterError(`open ${path}: no such file or directory`);
    return Buffer.from(content).toString();
  };
}

const filesOf = ({ paths, config }: Place): Files => nodeFiles(paths, config, config.nodes[0]!);

function manifestOf(place: Place): string | undefined {
  const content = place.config.nodes.length === 0 ? undefined : filesOf(place).read(MANIFEST);
  return content === undefined ? undefined : Buffer.from(content).toString();
}

interface PodSpec {
  containers?: { name?: string; command?: string[]; args?: string[]; volumeMounts?: { name: string; mountPath: string; subPath?: string }[] }[];
  volumes?: { name: string; hostPath?: { path: string } }[];
}

function namedFile(spec: PodSpec | undefined): string | undefined {
  const [{ command = [], args = [] } = {}] = spec?.containers ?? [];
  const words = [...command, ...args];
  const at = words.findIndex((word) => word === '--config' || word.startsWith('--config='));
  if (at < 0) return undefined;
  return words[at] === '--config' ? words[at + 1] : words[at]!.slice('--config='.length);
}

/** Where a path in the container is on the node; undefined where nothing of the node's is mounted there. */
function hostPath({ containers = [], volumes = [] }: PodSpec, path: string): string | undefined {
  const mounts = [...(containers[0]?.volumeMounts ?? [])].sort((one, other) => other.mountPath.length - one.mountPath.length);
  const mount = mounts.find(({ mountPath }) => path === mountPath || path.startsWith(`${mountPath.replace(/\/$/, '')}/`));
  const base = volumes.find(({ name }) => name === mount?.name)?.hostPath?.path;
  return mount === undefined || base === undefined
    ? undefined
    : `${base}${mount.subPath === undefined ? '' : `/${mount.subPath}`}${path.slice(mount.mountPath.replace(/\/$/, '').length)}`;
}
