/** One look at a container: how each sort of probe asks, and what its answer says. */
import { formatDuration } from '../../apimachinery/time.js';
import { RuntimeError, type RuntimeService } from '../../cri/runtime.js';
import { expand } from '../containers/expansion.js';
import { getProblem, httpRequest, portOf } from '../containers/hooks.js';
import { runtimeText } from '../containers/images.js';
import type { Container, Probe } from '../kinds.js';
import type { Prober } from '../options.js';

export type ProbeOutcome =
  | { result: 'success' }
  | { result: 'failure'; output: string }
  /** It could not be asked. */
  | { result: 'unknown'; problem: string };

export interface ProbeTarget {
  container: Container;
  containerId: string;
  podIp: string;
}

export interface ProbeDeps {
  runtime: RuntimeService;
  prober: Prober;
}

const OUTPUT_BYTES_MAX = 10 * 1024;

export async function runProbe(probe: Probe, target: ProbeTarget, deps: ProbeDeps): Promise<ProbeOutcome> {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  if (probe.exec !== undefined) return execProbe(probe.exec.command ?? [], target, deps, timeoutMs);
  if (probe.httpGet !== undefined) return httpProbe(probe.httpGet, target, deps, timeoutMs);
  if (probe.tcpSocket !== undefined) return tcpProbe(probe.tcpSocket, target, deps, timeoutMs);
  if (probe.grpc !== undefined) return grpcProbe(probe.grpc, target, deps, timeoutMs);
  return { result: 'unknown', problem: `missing probe handler for ${target.container.name}` };
}

async function execProbe(
  command: readonly string[],
  { container, containerId }: ProbeTarget,
  { runtime }: ProbeDeps,
  timeoutMs: number,
): Promise<ProbeOutcome> {
  const known = new Map((container.env ?? []).filter(({ valueFrom }) => valueFrom === undefined).map(({ name, value = '' }) => [name, value]));
  const words = command.map((word) => expand(word, known));
  try {
    const { stdout, stderr, exitCode } = await runtime.execSync(containerId, words, timeoutMs);
    if (exitCode === 0) return { result: 'success' };
    return { result: 'failure', output: Buffer.concat([stdout, stderr]).subarray(0, OUTPUT_BYTES_MAX).toString('utf8') };
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    if (error.code === 'DeadlineExceeded')
      return { result: 'failure', output: `command timed out: ${JSON.stringify(words.join(' '))} timed out after ${formatDuration(timeoutMs)}` };
    return { result: 'unknown', problem: runtimeText(error) };
  }
}

async function httpProbe(
  action: NonNullable<Probe['httpGet']>,
  { container, podIp }: ProbeTarget,
  { prober }: ProbeDeps,
  timeoutMs: number,
): Promise<ProbeOutcome> {
  const request = httpRequest(action, container, { podIp, timeoutMs });
  if (typeof request === 'string') return { result: 'unknown', problem: request };
  try {
    const { status } = await prober.http(request);
    return status >= 200 && status < 400 ? { result: 'success' } : { result: 'failure', output: `HTTP probe failed with statuscode: ${status}` };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { result: 'failure', output: getProblem(request, error.message) };
  }
}

async function tcpProbe(
  { host, port }: NonNullable<Probe['tcpSocket']>,
  { container, podIp }: ProbeTarget,
  { prober }: ProbeDeps,
  timeoutMs: number,
): Promise<ProbeOutcome> {
  const number = portOf(port, container);
  if (typeof number === 'string') return { result: 'unknown', problem: number };
  return asked(prober.tcp({ host: host === undefined || host === '' ? podIp : host, port: number, timeoutMs }));
}

async function grpcProbe(
  { port, service }: NonNullable<Probe['grpc']>,
  { podIp }: ProbeTarget,
  { prober }: ProbeDeps,
  timeoutMs: number,
): Promise<ProbeOutcome> {
  try {
    const { status } = await prober.grpc({ host: podIp, port, service: service ?? '', timeoutMs });
    return status === 'SERVING' ? { result: 'success' } : { result: 'failure', output: `service unhealthy (responded with ${JSON.stringify(status)})` };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // gRPC keeps trying until its time is up, and then says no more than that.
    return {
      result: 'failure',
      output: error.message.startsWith('dial ')
        ? `timeout: failed to connect service "${podIp}:${port}" within ${formatDuration(timeoutMs)}: context deadline exceeded`
        : error.message,
    };
  }
}

async function asked(question: Promise<void>): Promise<ProbeOutcome> {
  try {
    await question;
    return { result: 'success' };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { result: 'failure', output: error.message };
  }
}
