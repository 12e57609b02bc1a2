/** Pods and pod templates described: containers with their states, probes, environment and mounts, volumes, where they may run. */
import { goQuote } from '../../apimachinery/gojson.js';
import { formatLabelSelector } from '../../apimachinery/labels.js';
import { parseQuantity } from '../../apimachinery/quantity.js';
import { controllerText, type Describer } from './scene.js';
import { writeVolumes } from './volumes.js';
import { compare, formatDate, goList, sortedKeys, type Writer } from './writer.js';

export const describePod: Describer = async (w, pod, scene) => {
  const { metadata, spec, status } = pod;
  writeHead(w, pod);
  writeState(w, pod);
  if (spec.resources) {
    w.line(0, 'Resources:');
    writeResources(w, spec.resources, 1);
  }
  const resolve = (path: string): string => (path === 'metadata.name' ? metadata.name : path === 'metadata.namespace' ? metadata.namespace : '');
  if ((spec.initContainers ?? []).length > 0)
    writeContainers(w, { title: 'Init Containers', containers: spec.initContainers, statuses: status.initContainerStatuses, resolve, indent: '' });
  writeContainers(w, { title: 'Containers', containers: spec.containers, statuses: status.containerStatuses, resolve, indent: '' });
  if ((spec.ephemeralContainers ?? []).length > 0)
    writeContainers(w, {
      title: 'Ephemeral Containers',
      containers: spec.ephemeralContainers,
      statuses: status.ephemeralContainerStatuses,
      resolve,
      indent: '',
    });
  writeConditions(w, spec.readinessGates ?? [], status.conditions ?? []);
  writeVolumes(w, spec.volumes, '');
  w.field('QoS Class', status.qosClass);
  w.labels('Node-Selectors', spec.nodeSelector);
  w.tolerations('Tolerations', spec.tolerations);
  writeSpread(w, spec.topologySpreadConstraints, '');
  const mirror = metadata.annotations?.['kubernetes.io/config.mirror'];
  await scene.events(w, pod, { anyKind: true, ...(mirror === undefined ? {} : { uids: [mirror] }) });
};

function writeHead(w: Writer, { metadata, spec, status }: any): void {
  w.field('Name', metadata.name);
  w.field('Namespace', metadata.namespace);
  if (spec.priority !== undefined) w.field('Priority', spec.priority);
  if (spec.priorityClassName) w.field('Priority Class Name', spec.priorityClassName);
  if (spec.runtimeClassName) w.field('Runtime Class Name', spec.runtimeClassName);
  if (spec.serviceAccountName) w.field('Service Account', spec.serviceAccountName);
  w.field('Node', spec.nodeName ? `${spec.nodeName}/${status.hostIP ?? ''}` : '<none>');
  if (status.startTime) w.field('Start Time', formatDate(status.startTime));
  w.labels('Labels', metadata.labels);
  w.annotations(metadata.annotations);
}

function writeState(w: Writer, pod: any): void {
  const { metadata, spec, status } = pod;
  if (metadata.deletionTimestamp && status.phase !== 'Failed' && status.phase !== 'Succeeded') {
    w.field('Status', `Terminating (lasts ${w.since(metadata.deletionTimestamp)})`);
    w.field('Termination Grace Period', `${metadata.deletionGracePeriodSeconds}s`);
  } else w.field('Status', status.phase);
  if (status.reason) w.field('Reason', status.reason);
  if (status.message) w.field('Message', status.message);
  writeSeccomp(w, spec.securityContext, [0, 0]);
  w.field('IP', status.podIP);
  if ((status.podIPs ?? []).length === 0) w.field('IPs', '<none>');
  else {
    w.line(0, 'IPs:');
    for (const { ip } of status.podIPs) w.field('IP', ip, 1);
  }
  const owner = controllerText(pod);
  if (owner !== '') w.field('Controlled By', owner);
  if (status.nominatedNodeName) w.field('NominatedNodeName', status.nominatedNodeName);
}

function writeSeccomp(w: Writer, context: any, [level, below]: readonly [number, number]): void {
  const profile = context?.seccompProfile;
  if (!profile) return;
  w.field('SeccompProfile', profile.type, level);
  if (profile.type === 'Localhost') w.field('LocalhostProfile', profile.localhostProfile, below);
}

function writeConditions(w: Writer, gates: readonly any[], conditions: readonly any[]): void {
  if (gates.length > 0) {
    w.line(0, 'Readiness Gates:');
    w.line(1, 'Type\tStatus');
    for (const { conditionType } of gates) w.line(1, `${conditionType} \t${conditions.find(({ type }) => type === conditionType)?.status ?? '<none>'} `);
  }
  if (conditions.length === 0) return;
  w.line(0, 'Conditions:');
  w.line(1, 'Type\tStatus');
  for (const { type, status } of conditions) w.line(1, `${type} \t${status} `);
}

/** The template of a controller. */
export function writePodTemplate(w: Writer, template: any): void {
  w.line(0, 'Pod Template:');
  if (!template) return w.put(1, '<unset>');
  const { metadata = {}, spec } = template;
  w.labels('  Labels', metadata.labels);
  if (sortedKeys(metadata.annotations).length > 0) w.annotations(metadata.annotations, '  Annotations');
  if (spec.serviceAccountName) w.field('Service Account', spec.serviceAccountName, 1);
  if ((spec.initContainers ?? []).length > 0) writeContainers(w, { title: 'Init Containers', containers: spec.initContainers, indent: '  ' });
  writeContainers(w, { title: 'Containers', containers: spec.containers, indent: '  ' });
  writeVolumes(w, spec.volumes, '  ');
  writeSpread(w, spec.topologySpreadConstraints, '  ');
  if (spec.priorityClassName) w.field('Priority Class Name', spec.priorityClassName, 1);
  // The title carries the indentation, the further lines do not: as in kubectl.
  w.labels('  Node-Selectors', spec.nodeSelector);
  w.tolerations('  Tolerations', spec.tolerations);
}

interface Containers {
  title: string;
  containers: readonly any[] | undefined;
  statuses?: readonly any[] | undefined;
  /** What a fieldRef is worth; absent in templates. */
  resolve?: (path: string) => string;
  indent: string;
}

function writeContainers(w: Writer, { title, containers = [], statuses, resolve, indent }: Containers): void {
  w.line(0, `${indent}${title}:${containers.length === 0 ? ' <none>' : ''}`);
  for (const container of containers) {
    const status = statuses?.find(({ name }) => name === container.name);
    writeBasics(w, { container, status, indent });
    writeWords(w, 'Command', container.command);
    writeWords(w, 'Args', container.args);
    if (status !== undefined) writeStatus(w, status);
    writeResources(w, container.resources ?? {}, 2);
    for (const [name, probe] of [
      ['Liveness', container.livenessProbe],
      ['Readiness', container.readinessProbe],
      ['Startup', container.startupProbe],
    ])
      if (probe) w.field(name, probeText(probe), 2);
    writeEnvFrom(w, container.envFrom ?? []);
    writeEnv(w, container, resolve);
    writeMounts(w, container);
  }
}

function writeBasics(w: Writer, { container, status, indent }: { container: any; status: any; indent: string }): void {
  w.line(1, `${indent === '' ? '' : ' '}${container.name}:`);
  if (status !== undefined) w.field('Container ID', status.containerID, 2);
  w.field('Image', container.image, 2);
  if (status !== undefined) w.field('Image ID', status.imageID, 2);
  for (const [title, field] of [
    ['Port', 'containerPort'],
    ['Host Port', 'hostPort'],
  ] as const) {
    const ports = (container.ports ?? []).map((port: any) => `${port[field] ?? 0}/${port.protocol}${port.name ? ` (${port.name})` : ''}`);
    w.field(ports.length > 1 ? `${title}s` : title, ports.join(', ') || '<none>', 2);
  }
  writeSeccomp(w, container.securityContext, [2, 3]);
}

function writeWords(w: Writer, title: string, words: readonly string[] | undefined): void {
  if ((words ?? []).length === 0) return;
  w.line(2, `${title}:`);
  for (const word of words!) for (const line of word.split('\n')) w.line(3, line);
}

function writeStatus(w: Writer, { state, lastState, ready, restartCount }: any): void {
  writeContainerState(w, 'State', state ?? {});
  if (lastState?.terminated) writeContainerState(w, 'Last State', lastState);
  w.field('Ready', ready ? 'True' : 'False', 2);
  w.field('Restart Count', restartCount ?? 0, 2);
}

function writeContainerState(w: Writer, title: string, { running, waiting, terminated }: any): void {
  w.field(title, running ? 'Running' : terminated && !waiting ? 'Terminated' : 'Waiting', 2);
  if (running) w.field('Started', formatDate(running.startedAt), 3);
  else if (waiting?.reason) w.field('Reason', waiting.reason, 3);
  else if (terminated && !waiting) {
    if (terminated.reason) w.field('Reason', terminated.reason, 3);
    if (terminated.message) w.field('Message', terminated.message, 3);
    w.field('Exit Code', terminated.exitCode, 3);
    if ((terminated.signal ?? 0) > 0) w.field('Signal', terminated.signal, 3);
    w.field('Started', formatDate(terminated.startedAt), 3);
    w.field('Finished', formatDate(terminated.finishedAt), 3);
  }
}

function writeResources(w: Writer, resources: any, level: number): void {
  for (const [title, list] of [
    ['Limits', resources.limits],
    ['Requests', resources.requests],
  ] as const) {
    const names = sortedKeys(list);
    if (names.length > 0) w.line(level, `${title}:`);
    for (const name of names) w.field(name, list[name], level + 1);
  }
}

export function probeText(probe: any): string {
  const { initialDelaySeconds = 0, timeoutSeconds = 0, periodSeconds = 0, successThreshold = 0, failureThreshold = 0 } = probe;
  const attributes = `delay=${initialDelaySeconds}s timeout=${timeoutSeconds}s period=${periodSeconds}s #success=${successThreshold} #failure=${failureThreshold}`;
  if (probe.exec) return `exec ${goList(probe.exec.command)} ${attributes}`;
  if (probe.httpGet) return `http-get ${httpUrl(probe.httpGet)} ${attributes}`;
  if (probe.tcpSocket) return `tcp-socket ${probe.tcpSocket.host ?? ''}:${probe.tcpSocket.port} ${attributes}`;
  if (probe.grpc) return `grpc <pod>:${probe.grpc.port} ${probe.grpc.service ?? ''} ${attributes}`;
  return `unknown ${attributes}`;
}

function httpUrl({ scheme = '', host = '', port, path = '' }: any): string {
  const joined = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const escaped = encodeURI(path).replaceAll('?', '%3F').replaceAll('#', '%23');
  return `${scheme.toLowerCase()}://${joined}${escaped !== '' && !escaped.startsWith('/') ? '/' : ''}${escaped}`;
}

function writeEnvFrom(w: Writer, sources: readonly any[]): void {
  if (sources.length === 0) return;
  w.line(2, 'Environment Variables from:');
  for (const { configMapRef, secretRef, prefix } of sources) {
    const ref = configMapRef ?? secretRef ?? {};
    const from = configMapRef ? 'ConfigMap' : secretRef ? 'Secret' : '';
    w.line(3, `${ref.name ?? ''}\t${from}${prefix ? ` with prefix '${prefix}'` : ''}\tOptional: ${ref.optional ?? false}`);
  }
}

function writeEnv(w: Writer, container: any, resolve: ((path: string) => string) | undefined): void {
  const variables: readonly any[] = container.env ?? [];
  w.line(2, `Environment:${variables.length === 0 ? '\t<none>' : ''}`);
  for (const { name, value = '', valueFrom } of variables) {
    if (!valueFrom) value.split('\n').forEach((line: string, at: number) => w.line(3, `${at === 0 ? `${name}:` : ''}\t${line}`));
    else if (valueFrom.fieldRef)
      w.line(3, `${name}:\t${resolve?.(valueFrom.fieldRef.fieldPath) ?? ''} (${valueFrom.fieldRef.apiVersion}:${valueFrom.fieldRef.fieldPath})`);
    else if (valueFrom.resourceFieldRef) w.line(3, `${name}:\t${resourceText(container, valueFrom.resourceFieldRef)} (${valueFrom.resourceFieldRef.resource})`);
    else if (valueFrom.secretKeyRef)
      w.line(
        3,
        `${name}:\t<set to the key '${valueFrom.secretKeyRef.key}' in secret '${valueFrom.secretKeyRef.name ?? ''}'>\tOptional: ${valueFrom.secretKeyRef.optional ?? false}`,
      );
    else if (valueFrom.configMapKeyRef)
      w.line(
        3,
        `${name}:\t<set to the key '${valueFrom.configMapKeyRef.key}' of config map '${valueFrom.configMapKeyRef.name ?? ''}'>\tOptional: ${valueFrom.configMapKeyRef.optional ?? false}`,
      );
  }
}

function resourceText(container: any, { resource, divisor }: { resource: string; divisor?: string }): string {
  const [list, name] = resource.split(/\.(.*)/s) as [string, string];
  const amount = parseQuantity(container.resources?.[list]?.[name] ?? '0');
  const unit = parseQuantity(divisor === undefined || divisor === '0' ? '1' : divisor);
  const [value, per] = name === 'cpu' ? [amount.milliValue(), unit.milliValue()] : [amount.value(), unit.value()];
  const text = String((value + per - 1n) / per);
  return text === '0' && (resource === 'limits.cpu' || resource === 'limits.memory') ? 'node allocatable' : text;
}

function writeMounts(w: Writer, { volumeMounts, volumeDevices }: any): void {
  const mounts = [...(volumeMounts ?? [])].sort((a, b) => compare(a.mountPath, b.mountPath));
  const none = mounts.length === 0 ? '\t<none>' : '';
  w.line(2, `Mounts:${none}`);
  for (const { mountPath, name, readOnly, subPath } of mounts)
    w.line(3, `${mountPath} from ${name} (${readOnly ? 'ro' : 'rw'}${subPath ? `,path=${goQuote(subPath)}` : ''})`);
  if ((volumeDevices ?? []).length === 0) return;
  w.line(2, `Devices:${none}`);
  for (const { devicePath, name } of [...volumeDevices].sort((a, b) => compare(a.devicePath, b.devicePath))) w.line(3, `${devicePath} from ${name}`);
}

function writeSpread(w: Writer, constraints: readonly any[] | undefined, indent: string): void {
  if ((constraints ?? []).length === 0) return;
  const texts = [...constraints!]
    .sort((a, b) => compare(a.topologyKey, b.topologyKey))
    .map(
      ({ topologyKey, whenUnsatisfiable, maxSkew, labelSelector }) =>
        `${topologyKey}:${whenUnsatisfiable} when max skew ${maxSkew} is exceeded${labelSelector ? ` for selector ${formatLabelSelector(labelSelector)}` : ''}`,
    );
  w.items('Topology Spread Constraints', texts, indent);
}
