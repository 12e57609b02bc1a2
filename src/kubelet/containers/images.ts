/**
 * Gets an image onto the node, by the container's policy, with a delay that
 * doubles while pulls fail. Every outcome has the kubelet's Event and words.
 */
import { RuntimeError, type ImageService, type ImageStatus } from '../../cri/runtime.js';
import { formatDuration } from '../../apimachinery/time.js';
import type { Clock } from '../../platform/clock.js';
import type { Container, Pod } from '../kinds.js';
import type { Backoff } from './backoff.js';
import type { Credentials, PulledRecords } from './pulledrecords.js';

/** A container that cannot be made or started now; `reason` and message are its waiting state. */
export class ContainerRefused extends Error {
  override name = 'ContainerRefused';
  readonly reason: string;
  /** It need not be tried before so many milliseconds have passed; absent: at the pod's next turn. */
  readonly againMs: number | undefined;
  constructor(reason: string, message: string, againMs?: number) {
    super(message);
    this.reason = reason;
    this.againMs = againMs;
  }
}

export type Tell = (type: 'Normal' | 'Warning', reason: string, message: string) => void;

export interface ImagePull {
  images: ImageService;
  backoff: Backoff;
  clock: Clock;
  credentials: (image: string) => Promise<Credentials | undefined>;
  /** Images that were pulled with a password, and by whom: others may not have them. */
  pulled: PulledRecords;
  /** Runs what waits for a time while nothing is held up. */
  idle: <T>(work: Promise<T>) => Promise<T>;
}

export async function ensureImage(pod: Pod, container: Container, tell: Tell, pull: ImagePull): Promise<ImageStatus> {
  const name = container.image ?? '';
  const image = withTag(name, tell);
  const policy = container.imagePullPolicy ?? 'IfNotPresent';
  const present = await pull.images.imageStatus(image);
  const isOpen = present === undefined || policy === 'Always' || (await pull.pulled.mayUse(present.id, () => pull.credentials(image)));
  if (present !== undefined && policy !== 'Always' && isOpen) {
    tell('Normal', 'Pulled', `Container image ${JSON.stringify(name)} already present on machine and can be accessed by the pod`);
    return present;
  }
  if (policy === 'Never') {
    const message = isOpen
      ? `Container image ${JSON.stringify(name)} is not present with pull policy of Never`
      : `Container image ${JSON.stringify(name)} is present with pull policy of Never but does not have the proper credentials to access the image`;
    tell('Warning', 'ErrImageNeverPull', message);
    throw new ContainerRefused('ErrImageNeverPull', message);
  }
  return pullImage(pod, { name, image }, tell, pull);
}

async function pullImage(
  pod: Pod,
  { name, image }: { name: string; image: string },
  tell: Tell,
  { images, backoff, clock, credentials, idle, pulled }: ImagePull,
): Promise<ImageStatus> {
  const key = `${pod.metadata.uid}_${image}`;
  if (backoff.remainingSinceUpdate(key, clock.now()) > 0) {
    tell('Normal', 'BackOff', `Back-off pulling image ${JSON.stringify(name)}`);
    const last = backoff.errorOf(key);
    throw new ContainerRefused('ImagePullBackOff', `Back-off pulling image ${JSON.stringify(name)}${last === undefined ? '' : `: ErrImagePull: ${last}`}`);
  }
  tell('Normal', 'Pulling', `Pulling image ${JSON.stringify(name)}`);
  const started = clock.now();
  let auth: Credentials | undefined;
  try {
    await idle(credentials(image).then((found) => images.pullImage(image, (auth = found))));
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    const message = pullProblem(error);
    tell('Warning', 'Failed', `Failed to pull image ${JSON.stringify(name)}: ${message}`);
    backoff.next(key, { failedAt: clock.now(), now: clock.now(), error: message });
    throw new ContainerRefused('ErrImagePull', message);
  }
  const took = formatDuration(Math.max(1, clock.now() - started));
  const status = await images.imageStatus(image);
  if (status === undefined) throw new ContainerRefused('ImageInspectError', `Failed to inspect image ${JSON.stringify(name)}: it is not there after the pull`);
  pulled.add(status.id, auth);
  tell('Normal', 'Pulled', `Successfully pulled image ${JSON.stringify(name)} in ${took} (${took} including waiting). Image size: ${status.size} bytes.`);
  return status;
}

/** As the kubelet shows a pull's error: of an unknown sort without the code, else with it. */
function pullProblem(error: RuntimeError): string {
  return error.code === 'Unknown' || error.message.startsWith('rpc error:') ? error.message : runtimeText(error);
}

export const runtimeText = (error: RuntimeError): string => `rpc error: code = ${error.code} desc = ${error.message}`;

const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;

/** Throws InvalidImageName where the text is no reference. */
function withTag(name: string, tell: Tell): string {
  const problem = referenceProblem(name);
  if (problem !== undefined) {
    const message = `Failed to apply default image tag ${JSON.stringify(name)}: couldn't parse image name ${JSON.stringify(name)}: ${problem}`;
    tell('Warning', 'InspectFailed', message);
    throw new ContainerRefused('InvalidImageName', message);
  }
  const [path, digest] = name.split('@') as [string, string | undefined];
  return digest === undefined && !path.slice(path.lastIndexOf('/') + 1).includes(':') ? `${name}:latest` : name;
}

function referenceProblem(name: string): string | undefined {
  const [whole = '', digest] = name.split('@') as [string, string | undefined];
  if (digest !== undefined && !/^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/.test(digest)) return 'invalid reference format';
  const slash = whole.indexOf('/');
  const first = slash < 0 ? '' : whole.slice(0, slash);
  const isDomain = first !== '' && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  const rest = isDomain ? whole.slice(slash + 1) : whole;
  const colon = rest.indexOf(':');
  const path = colon < 0 ? rest : rest.slice(0, colon);
  const tag = colon < 0 ? undefined : rest.slice(colon + 1);
  const full = isDomain || path.includes('/') ? path : `library/${path}`;
  if (path !== path.toLowerCase()) return `invalid reference format: repository name (${full}) must be lowercase`;
  if (!path.split('/').every((part) => COMPONENT.test(part))) return 'invalid reference format';
  return tag !== undefined && !/^[\w][\w.-]{0,127}$/.test(tag) ? 'invalid reference format' : undefined;
}
