/** Lifecycle hooks: what runs inside a container after its start and before its stop, with the kubelet's words for what fails. */
import { RuntimeError, type RuntimeService } from '../../cri/runtime.js';
import type { Clock } from '../../platform/clock.js';
import type { Container, HTTPGetAction, LifecycleHandler, Pod } from '../kinds.js';
import type { HttpProbeRequest, Prober } from '../options.js';
import { runtimeText } from './images.js';

export interface HookDeps {
  runtime: RuntimeService;
  prober: Prober;
  clock: Clock;
}

export interface HookTarget {
  pod: Pod;
  container: Container;
  containerId: string;
  podIp: string;
}

const HTTP_TIMEOUT_MS = 60_000;

/** undefined: it went well. Otherwise the text of what did not. `timeoutMs` 0: as long as it takes. */
export async function runHook(handler: LifecycleHandler, target: HookTarget, deps: HookDeps, timeoutMs: number): Promise<string | undefined> {
  if (handler.exec !== undefined) return execHook(handler.exec.command ?? [], target, deps, timeoutMs);
  if (handler.httpGet !== undefined) return httpHook(handler.httpGet, target, deps, timeoutMs);
  if (handler.sleep !== undefined) return sleepHook(handler.sleep.seconds, target, deps, timeoutMs);
  return `Invalid handler: ${JSON.stringify(handler)}`;
}

const inPod = ({ pod, container }: HookTarget): string => `for Container ${JSON.stringify(container.name)} in Pod "${podText(pod)}"`;

/** "name_namespace(uid)", as the kubelet names pods. */
export const podText = ({ metadata }: Pod): string => `${metadata.name}_${metadata.namespace}(${metadata.uid})`;

async function execHook(command: readonly string[], target: HookTarget, { runtime }: HookDeps, timeoutMs: number): Promise<string | undefined> {
  const failed = (problem: string, output: string): string =>
    `Exec lifecycle hook ([${command.join(' ')}]) ${inPod(target)} failed - error: ${problem}, message: ${JSON.stringify(output)}`;
  try {
    const { stdout, stderr, exitCode } = await runtime.execSync(target.containerId, command, timeoutMs);
    if (exitCode === 0) return undefined;
    const error = Buffer.from(stderr).toString('utf8');
    return failed(`command '${command.join(' ')}' exited with ${exitCode}: ${error}`, Buffer.from(stdout).toString('utf8') + error);
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    return failed(runtimeText(error), '');
  }
}

async function httpHook(action: HTTPGetAction, target: HookTarget, { prober }: HookDeps, timeoutMs: number): Promise<string | undefined> {
  const failed = (problem: string): string => `HTTP lifecycle hook (${action.path ?? ''}) ${inPod(target)} failed - error: ${problem}`;
  const request = httpRequest(action, target.container, {
    podIp: target.podIp,
    timeoutMs: timeoutMs > 0 ? Math.min(timeoutMs, HTTP_TIMEOUT_MS) : HTTP_TIMEOUT_MS,
  });
  if (typeof request === 'string') return failed(request);
  try {
    await prober.http(request);
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return failed(getProblem(request, error.message));
  }
}

/** As Go's http client names what failed. */
export const getProblem = (request: HttpProbeRequest, problem: string): string =>
  problem.startsWith('Get ') ? problem : `Get "${urlOf(request)}": ${problem}`;

export function urlOf({ scheme, host, port, path }: HttpProbeRequest): string {
  return `${scheme.toLowerCase()}://${host.includes(':') ? `[${host}]` : host}:${port}${path.startsWith('/') ? path : `/${path}`}`;
}

/** A text: why there is no such request. */
export function httpRequest(
  { port, host, scheme = 'HTTP', path = '/', httpHeaders = [] }: HTTPGetAction,
  container: Container,
  { podIp, timeoutMs }: { podIp: string; timeoutMs: number },
): HttpProbeRequest | string {
  const number = portOf(port, container);
  if (typeof number === 'string') return number;
  return {
    host: host === undefined || host === '' ? podIp : host,
    port: number,
    scheme: scheme as 'HTTP' | 'HTTPS',
    path: path.startsWith('/') ? path : `/${path}`,
    headers: httpHeaders,
    timeoutMs,
  };
}

export function portOf(port: number | string, { ports = [] }: Container): number | string {
  if (typeof port === 'number') return port > 0 && port < 65536 ? port : `invalid port number: ${port}`;
  const named = ports.find(({ name }) => name === port)?.containerPort;
  if (named !== undefined) return named;
  return /^\d+$/.test(port) ? Number(port) : `couldn't find port: ${JSON.stringify(port)}`;
}

async function sleepHook(seconds: number, target: HookTarget, { clock }: HookDeps, timeoutMs: number): Promise<string | undefined> {
  const wanted = seconds * 1000;
  const allowed = timeoutMs > 0 ? Math.min(wanted, timeoutMs) : wanted;
  if (allowed > 0) await new Promise<void>((resolve) => clock.after(allowed, resolve));
  return allowed < wanted ? `Sleep lifecycle hook (${seconds}) ${inPod(target)} failed - error: context deadline exceeded` : undefined;
}
