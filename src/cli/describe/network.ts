/** Services, their endpoints, ingresses and network policies described. */
import { formatLabelSelector } from '../../apimachinery/labels.js';
import { isStatusError } from '../../apimachinery/status.js';
import type { Describer, Scene } from './scene.js';
import { formatDate, formatLabels, goTime, type Writer } from './writer.js';

const SERVICE_NAME = 'kubernetes.io/service-name';

export const describeService: Describer = async (w, service, scene) => {
  const { metadata, spec, status } = service;
  const slices = await scene.listOrNone(`/apis/discovery.k8s.io/v1/namespaces/${metadata.namespace}/endpointslices`, {
    labelSelector: `${SERVICE_NAME}=${metadata.name}`,
  });
  w.field('Name', metadata.name);
  w.field('Namespace', metadata.namespace);
  w.labels('Labels', metadata.labels);
  w.annotations(metadata.annotations);
  w.field('Selector', formatLabels(spec.selector));
  w.field('Type', spec.type);
  if (spec.ipFamilyPolicy !== undefined) w.field('IP Family Policy', spec.ipFamilyPolicy);
  w.field('IP Families', (spec.ipFamilies ?? []).join(',') || '<none>');
  w.field('IP', spec.clusterIP);
  w.field('IPs', (spec.clusterIPs ?? []).length > 0 ? spec.clusterIPs.join(',') : '<none>');
  if ((spec.externalIPs ?? []).length > 0) w.field('External IPs', spec.externalIPs.join(','));
  if (spec.loadBalancerIP) w.field('Desired LoadBalancer IP', spec.loadBalancerIP);
  if (spec.externalName) w.field('External Name', spec.externalName);
  const ingress: any[] = status?.loadBalancer?.ingress ?? [];
  if (ingress.length > 0)
    w.field(
      'LoadBalancer Ingress',
      ingress.map(({ ip, ipMode, hostname }) => (ip ? `${ip}${ipMode === undefined ? '' : ` (${ipMode})`}` : (hostname ?? ''))).join(', '),
    );
  for (const port of spec.ports ?? []) writePort(w, port, slices);
  w.field('Session Affinity', spec.sessionAffinity);
  if (spec.externalTrafficPolicy) w.field('External Traffic Policy', spec.externalTrafficPolicy);
  if (spec.internalTrafficPolicy !== undefined) w.field('Internal Traffic Policy', spec.internalTrafficPolicy);
  if (spec.healthCheckNodePort) w.field('HealthCheck NodePort', spec.healthCheckNodePort);
  if ((spec.loadBalancerSourceRanges ?? []).length > 0) w.field('LoadBalancer Source Ranges', spec.loadBalancerSourceRanges.join(','));
  if (spec.trafficDistribution !== undefined) w.field('Traffic Distribution', spec.trafficDistribution);
  await scene.events(w, service);
};

function writePort(w: Writer, { name = '', port, protocol, targetPort, appProtocol, nodePort }: any, slices: readonly any[]): void {
  const shown = name || '<unset>';
  w.field('Port', `${shown}\t${port}/${protocol}`);
  w.field('TargetPort', `${targetPort ?? 0}/${protocol}`);
  if (appProtocol !== undefined) w.field('AppProtocol', appProtocol);
  if (nodePort) w.field('NodePort', `${shown}\t${nodePort}/${protocol}`);
  w.field('Endpoints', endpointsText(slices, name));
}

const ENDPOINTS_MAX = 3;

/** "1.2.3.4:80,1.2.3.5:80 + 3 more..." for the ports of one name. */
function endpointsText(slices: readonly any[], portName: string): string {
  if (slices.length === 0) return '<none>';
  const found: string[] = [];
  for (const { ports, endpoints } of slices) {
    const ready = (endpoints ?? []).filter(({ conditions }: any) => conditions?.ready !== false);
    if ((ports ?? []).length === 0) found.push(...ready.map(({ addresses }: any) => addresses[0]));
    for (const port of ports ?? []) if ((port.name ?? '') === portName) found.push(...ready.map(({ addresses }: any) => hostPort(addresses[0], port.port)));
  }
  const shown = found.slice(0, ENDPOINTS_MAX).join(',');
  return found.length > ENDPOINTS_MAX ? `${shown} + ${found.length - ENDPOINTS_MAX} more...` : shown;
}

const hostPort = (host: string, port: number): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;

export const describeEndpoints: Describer = async (w, endpoints, scene) => {
  const { metadata, subsets } = endpoints;
  w.field('Name', metadata.name);
  w.field('Namespace', metadata.namespace);
  w.labels('Labels', metadata.labels);
  w.annotations(metadata.annotations);
  w.line(0, 'Subsets:');
  for (const { addresses, notReadyAddresses, ports } of subsets ?? []) {
    const ips = (list: readonly any[] | undefined): string => (list ?? []).map(({ ip }) => ip).join(',') || '<none>';
    w.field('Addresses', ips(addresses), 1);
    w.field('NotReadyAddresses', ips(notReadyAddresses), 1);
    if ((ports ?? []).length > 0) {
      w.line(1, 'Ports:');
      w.table(
        2,
        ['Name', 'Port', 'Protocol'],
        ports.map(({ name, port, protocol }: any) => [name || '<unset>', String(port), protocol]),
      );
    }
    w.line(0, '');
  }
  await scene.events(w, endpoints);
};

export const describeEndpointSlice: Describer = async (w, slice, scene) => {
  const { metadata, addressType, ports, endpoints } = slice;
  w.field('Name', metadata.name);
  w.field('Namespace', metadata.namespace);
  w.labels('Labels', metadata.labels);
  w.annotations(metadata.annotations);
  w.field('AddressType', addressType);
  if ((ports ?? []).length === 0) w.line(0, 'Ports: <unset>');
  else {
    w.line(0, 'Ports:');
    w.table(
      1,
      ['Name', 'Port', 'Protocol'],
      ports.map(({ name, port, protocol }: any) => [name || '<unset>', String(port ?? '<unset>'), protocol]),
    );
  }
  if ((endpoints ?? []).length === 0) w.line(0, 'Endpoints: <none>');
  else {
    w.line(0, 'Endpoints:');
    for (const endpoint of endpoints) writeEndpoint(w, endpoint);
  }
  await scene.events(w, slice);
};

function writeEndpoint(w: Writer, { addresses, conditions, hostname, targetRef, nodeName, zone }: any): void {
  w.field('- Addresses', (addresses ?? []).join(', ') || '<none>', 1);
  w.line(2, 'Conditions:');
  w.field('Ready', conditions?.ready ?? '<unset>', 3);
  w.field('Hostname', hostname ?? '<unset>', 2);
  if (targetRef) w.field('TargetRef', `${targetRef.kind}/${targetRef.name}`, 2);
  w.field('NodeName', nodeName ?? '<unset>', 2);
  w.field('Zone', zone ?? '<unset>', 2);
}

export const describeIngress: Describer = async (w, ingress, scene) => {
  const { metadata, spec, status } = ingress;
  const addresses = new Set<string>((status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }: any) => ip || hostname).filter(Boolean));
  w.field('Name', metadata.name);
  w.labels('Labels', metadata.labels);
  w.field('Namespace', metadata.namespace);
  w.field('Address', [...addresses].sort().join(','));
  w.field('Ingress Class', spec.ingressClassName ?? '<none>');
  const fallback = spec.defaultBackend ? await backendText(spec.defaultBackend, metadata.namespace, scene) : '<default>';
  w.field('Default backend', fallback);
  if ((spec.tls ?? []).length > 0) {
    w.line(0, 'TLS:');
    for (const { secretName, hosts } of spec.tls) w.line(1, `${secretName ? `${secretName} terminates` : 'SNI routes'} ${(hosts ?? []).join(',')}`);
  }
  w.line(0, 'Rules:');
  w.table(1, ['Host', 'Path', 'Backends'], []);
  const rules = (spec.rules ?? []).filter(({ http }: any) => http);
  for (const { host, http } of rules) {
    w.line(1, `${host || '*'}\t`);
    for (const { path = '', backend } of http.paths ?? []) w.line(2, `\t${path} \t${await backendText(backend, metadata.namespace, scene)}`);
  }
  if (rules.length === 0) w.line(1, `*\t*\t${fallback}`);
  w.annotations(metadata.annotations);
  await scene.events(w, ingress);
};

async function backendText({ service, resource }: any, namespace: string, scene: Scene): Promise<string> {
  if (!service) return resource ? `APIGroup: ${resource.apiGroup ?? '<none>'}, Kind: ${resource.kind}, Name: ${resource.name}` : '';
  const { name, port = {} } = service;
  const shown = `${name}:${port.number || (port.name ?? '')}`;
  try {
    const slices = await scene.list(`/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`, { labelSelector: `${SERVICE_NAME}=${name}` });
    const found = await scene.get(`/api/v1/namespaces/${namespace}/services/${name}`);
    const match = (found.spec.ports ?? []).findLast((one: any) => (port.number ? port.number === one.port : port.name && port.name === one.name));
    return `${shown} (${endpointsText(slices, match?.name ?? '')})`;
  } catch (error) {
    if (!isStatusError(error)) throw error;
    return `${shown} (<error: ${error.message}>)`;
  }
}

export const describeIngressClass: Describer = async (w, ingressClass, scene) => {
  const { metadata, spec } = ingressClass;
  w.field('Name', metadata.name);
  w.labels('Labels', metadata.labels);
  w.annotations(metadata.annotations);
  w.field('Controller', spec.controller);
  if (spec.parameters) {
    w.line(0, 'Parameters:');
    if (spec.parameters.apiGroup !== undefined) w.field('APIGroup', spec.parameters.apiGroup, 1);
    w.field('Kind', spec.parameters.kind, 1);
    w.field('Name', spec.parameters.name, 1);
  }
  await scene.events(w, ingressClass);
};

export const describeServiceCidr: Describer = async (w, cidr, scene) => {
  const { metadata, spec, status } = cidr;
  w.field('Name', metadata.name);
  w.labels('Labels', metadata.labels);
  w.annotations(metadata.annotations);
  w.field('CIDRs', (spec.cidrs ?? []).join(', '));
  if ((status?.conditions ?? []).length > 0) {
    w.line(0, 'Status:');
    w.line(0, 'Conditions:');
    w.table(
      1,
      ['Type', 'Status', 'LastTransitionTime', 'Reason', 'Message'],
      status.conditions.map((one: any) => [one.type, one.status, formatDate(one.lastTransitionTime), one.reason ?? '', one.message ?? '']),
    );
  }
  await scene.events(w, cidr);
};

export const describeIpAddress: Describer = async (w, address, scene) => {
  const { metadata, spec } = address;
  w.field('Name', metadata.name);
  w.labels('Labels', metadata.labels);
  w.annotations(metadata.annotations);
  if (spec.parentRef) {
    w.line(0, 'Parent Reference:');
    w.field('Group', spec.parentRef.group, 1);
    w.field('Resource', spec.parentRef.resource, 1);
    w.field('Namespace', spec.parentRef.namespace, 1);
    w.field('Name', spec.parentRef.name, 1);
  }
  await scene.events(w, address);
};

export const describeNetworkPolicy: Describer = (w, { metadata, spec }) => {
  w.field('Name', metadata.name);
  w.field('Namespace', metadata.namespace);
  w.field('Created on', goTime(metadata.creationTimestamp));
  w.labels('Labels', metadata.labels);
  w.annotations(metadata.annotations);
  w.line(0, 'Spec:');
  const selector = formatLabelSelector(spec.podSelector);
  w.line(1, `PodSelector:     ${selector === '<none>' ? '<none> (Allowing the specific traffic to all pods in this namespace)' : selector}`);
  const types: string[] = spec.policyTypes ?? [];
  for (const direction of ['Ingress', 'Egress'] as const) {
    const word = direction.toLowerCase();
    if (!types.includes(direction)) {
      w.line(1, `Not affecting ${word} traffic`);
      continue;
    }
    w.line(1, `Allowing ${word} traffic:`);
    writeRules(w, spec[word] ?? [], direction);
  }
  w.line(1, `Policy Types: ${types.join(', ') || '<none>'}`);
};

const PEERS = {
  Ingress: { peersOf: (rule: any): any[] => rule.from ?? [], title: 'From', any: 'From: <any> (traffic not restricted by source)' },
  Egress: { peersOf: (rule: any): any[] => rule.to ?? [], title: 'To', any: 'To: <any> (traffic not restricted by destination)' },
} as const;

function writeRules(w: Writer, rules: readonly any[], direction: 'Ingress' | 'Egress'): void {
  if (rules.length === 0) return w.line(2, `<none> (Selected pods are isolated for ${direction.toLowerCase()} connectivity)`);
  const { peersOf, title, any } = PEERS[direction];
  rules.forEach((rule, at) => {
    if ((rule.ports ?? []).length === 0) w.line(2, 'To Port: <any> (traffic allowed to all ports)');
    for (const { port, endPort, protocol = 'TCP' } of rule.ports ?? [])
      w.line(2, endPort === undefined ? `To Port: ${port ?? '<nil>'}/${protocol}` : `To Port Range: ${port}-${endPort}/${protocol}`);
    if (peersOf(rule).length === 0) w.line(2, any);
    for (const peer of peersOf(rule)) {
      w.line(2, `${title}:`);
      writePeer(w, peer);
    }
    if (at < rules.length - 1) w.line(2, '----------');
  });
}

function writePeer(w: Writer, { namespaceSelector, podSelector, ipBlock }: any): void {
  if (namespaceSelector) w.line(3, `NamespaceSelector: ${formatLabelSelector(namespaceSelector)}`);
  if (podSelector) w.line(3, `PodSelector: ${formatLabelSelector(podSelector)}`);
  if (namespaceSelector || podSelector || !ipBlock) return;
  w.line(3, 'IPBlock:');
  w.line(4, `CIDR: ${ipBlock.cidr}`);
  w.line(4, `Except: ${(ipBlock.except ?? []).join(', ')}`);
}
