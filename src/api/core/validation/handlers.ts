/** Rules of probes, lifecycle hooks and the actions they take. */
import { forbidden, invalid, notSupported, required, type Causes } from '../../../apimachinery/fielderror.js';
import { httpHeaderName, portName, portNumber } from '../../../apimachinery/names.js';
import type { HTTPGetAction, Lifecycle, LifecycleHandler, Probe, ProbeHandler } from '../types/container.js';
import { LINUX_SIGNALS } from '../signals.js';
import { invalidEach, nonNegative, supported } from './complaints.js';

interface PodFacts {
  /** terminationGracePeriodSeconds of the pod. */
  gracePeriod?: number | undefined;
  osName?: string | undefined;
}

export function validateLifecycle(lifecycle: Lifecycle | undefined, field: string, pod: PodFacts): Causes {
  const { postStart, preStop, stopSignal } = lifecycle ?? {};
  return [
    ...(postStart === undefined ? [] : validateHandler(postStart, `${field}.postStart`, pod)),
    ...(preStop === undefined ? [] : validateHandler(preStop, `${field}.preStop`, pod)),
    ...(stopSignal === undefined ? [] : validateStopSignal(stopSignal, `${field}.stopSignal`, pod)),
  ];
}

const WINDOWS_SIGNALS = ['SIGKILL', 'SIGTERM'];
function validateStopSignal(signal: string, field: string, { osName }: PodFacts): Causes {
  if (osName === undefined || osName === '') return [forbidden(field, 'may not be set for containers with empty `spec.os.name`')];
  if (osName === 'windows') return supported(signal, field, WINDOWS_SIGNALS);
  return osName === 'linux' ? supported(signal, field, LINUX_SIGNALS) : [];
}

export function validateLivenessProbe(probe: Probe | undefined, field: string, pod: PodFacts): Causes {
  if (probe === undefined) return [];
  const once = probe.successThreshold === 1 ? [] : [invalid(`${field}.successThreshold`, probe.successThreshold ?? 0, 'must be 1')];
  return [...validateProbe(probe, field, pod), ...once];
}

export const validateStartupProbe = validateLivenessProbe;

export function validateReadinessProbe(probe: Probe | undefined, field: string, pod: PodFacts): Causes {
  if (probe === undefined) return [];
  const grace = probe.terminationGracePeriodSeconds;
  return [
    ...validateProbe(probe, field, pod),
    ...(grace === undefined ? [] : [invalid(`${field}.terminationGracePeriodSeconds`, grace, 'must not be set for readinessProbes')]),
  ];
}

const PROBE_NUMBERS = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'] as const;
function validateProbe(probe: Probe, field: string, pod: PodFacts): Causes {
  const grace = probe.terminationGracePeriodSeconds;
  const causes = validateHandler(probe, field, pod);
  for (const name of PROBE_NUMBERS) if ((probe[name] ?? 0) < 0) causes.push(...nonNegative(probe[name], `${field}.${name}`));
  if (grace !== undefined && grace <= 0) causes.push(invalid(`${field}.terminationGracePeriodSeconds`, grace, 'must be greater than 0'));
  return causes;
}

const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const;
/** Only the first action is looked into; each further one is refused. */
function validateHandler(handler: ProbeHandler & Pick<LifecycleHandler, 'sleep'>, field: string, { gracePeriod }: PodFacts): Causes {
  const { exec, httpGet, tcpSocket, grpc, sleep } = handler;
  const given = HANDLERS.filter((name) => handler[name] !== undefined);
  if (given.length === 0) return [required(field, 'must specify a handler type')];
  const causes: Causes = [];
  switch (given[0]) {
    case 'exec':
      if ((exec!.command ?? []).length === 0) causes.push(required(`${field}.exec.command`));
      break;
    case 'httpGet':
      causes.push(...httpGetAction(httpGet!, `${field}.httpGet`));
      break;
    case 'tcpSocket':
      causes.push(...portNumberOrName(tcpSocket!.port, `${field}.tcpSocket.port`));
      break;
    case 'grpc':
      causes.push(...portNumberOrName(grpc!.port, `${field}.grpc.port`));
      break;
    default:
      causes.push(...sleepAction(sleep!.seconds, `${field}.sleep`, gracePeriod));
  }
  for (const name of given.slice(1)) causes.push(forbidden(`${field}.${name}`, 'may not specify more than 1 handler type'));
  return causes;
}

function httpGetAction({ path, port, scheme, httpHeaders }: HTTPGetAction, field: string): Causes {
  return [
    ...(path === undefined || path === '' ? [required(`${field}.path`)] : []),
    ...portNumberOrName(port, `${field}.port`),
    ...(scheme === 'HTTP' || scheme === 'HTTPS' ? [] : [notSupported(`${field}.scheme`, scheme ?? '', ['HTTP', 'HTTPS'])]),
    ...(httpHeaders ?? []).flatMap(({ name }) => invalidEach(`${field}.httpHeaders`, name, httpHeaderName(name))),
  ];
}

export function portNumberOrName(port: number | string, field: string): Causes {
  return invalidEach(field, port, typeof port === 'number' ? portNumber(port) : portName(port));
}

function sleepAction(seconds: number, field: string, gracePeriod: number | undefined): Causes {
  if (gracePeriod === undefined || (seconds >= 0 && seconds <= gracePeriod)) return [];
  return [invalid(field, seconds, `must be non-negative and less than terminationGracePeriodSeconds (${gracePeriod})`)];
}
