/** What a pod's sandbox is made of: names, host name, DNS, ports. */
import type { DnsConfig, PodSandboxConfig, PortMapping } from '../../cri/runtime.js';
import type { KubeletConfiguration } from '../config.js';
import type { Pod } from '../kinds.js';
import { qosClass } from './resources.js';

const HOSTNAME_MAX = 63;
const FQDN_MAX = 64;
const NAMESERVERS_MAX = 3;
const SEARCHES_MAX = 32;
const SEARCHES_CHARACTERS_MAX = 2048;

export const logDirectoryOf = ({ metadata }: Pod): string => `/var/log/pods/${metadata.namespace}_${metadata.name}_${metadata.uid}`;

export const podLabels = ({ metadata }: Pod): Record<string, string> => ({
  'io.kubernetes.pod.name': metadata.name!,
  'io.kubernetes.pod.namespace': metadata.namespace!,
  'io.kubernetes.pod.uid': metadata.uid!,
});

export function sandboxConfig(pod: Pod, attempt: number, config: KubeletConfiguration, nodeName: string): PodSandboxConfig {
  const { spec, metadata } = pod;
  const host = spec.hostNetwork === true;
  const { hostname, domain } = hostNames(pod, config);
  return {
    metadata: { name: metadata.name!, uid: metadata.uid!, namespace: metadata.namespace!, attempt },
    hostname: host ? nodeName : spec.setHostnameAsFQDN === true && domain !== '' ? `${hostname}.${domain}` : hostname,
    logDirectory: logDirectoryOf(pod),
    dnsConfig: dnsConfig(pod, config),
    portMappings: portMappings(pod),
    labels: { ...metadata.labels, ...podLabels(pod) },
    annotations: { ...metadata.annotations },
    linux: {
      hostNetwork: host,
      hostPid: spec.hostPID === true,
      hostIpc: spec.hostIPC === true,
      sharePid: spec.shareProcessNamespace === true,
      sysctls: Object.fromEntries((spec.securityContext?.sysctls ?? []).map(({ name, value }) => [name, value])),
      cgroupParent: cgroupParent(pod),
    },
  };
}

/** Why a pod cannot have the host name it asks for: the kernel's is short. */
export function hostnameProblem(pod: Pod, config: KubeletConfiguration): string | undefined {
  const { hostname, domain } = hostNames(pod, config);
  const name = `${hostname}.${domain}`;
  if (pod.spec.setHostnameAsFQDN !== true || domain === '' || name.length <= FQDN_MAX) return undefined;
  return `failed to construct FQDN from pod hostname and cluster domain, FQDN ${name} is too long (${FQDN_MAX} characters is the max, ${name.length} characters requested)`;
}

function cgroupParent(pod: Pod): string {
  const qos = qosClass(pod);
  return `/kubepods${qos === 'Guaranteed' ? '' : `/${qos.toLowerCase()}`}/pod${pod.metadata.uid}`;
}

/** The host name, and the domain it is in where the pod names a subdomain. */
export function hostNames({ metadata, spec }: Pod, { clusterDomain }: KubeletConfiguration): { hostname: string; domain: string } {
  if (spec.hostnameOverride !== undefined && spec.hostnameOverride !== '') return { hostname: spec.hostnameOverride, domain: '' };
  const hostname = (spec.hostname === undefined || spec.hostname === '' ? metadata.name! : spec.hostname).slice(0, HOSTNAME_MAX).replace(/[-.]+$/, '');
  return { hostname, domain: spec.subdomain === undefined || spec.subdomain === '' ? '' : `${spec.subdomain}.${metadata.namespace}.svc.${clusterDomain}` };
}

function portMappings({ spec }: Pod): PortMapping[] {
  const restarting = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...restarting, ...spec.containers].flatMap(({ ports = [] }) =>
    ports.map(({ protocol = 'TCP', containerPort, hostPort = 0, hostIP = '' }) => ({
      protocol: protocol as PortMapping['protocol'],
      containerPort,
      hostPort,
      hostIp: hostIP,
    })),
  );
}

export interface DnsProblem {
  reason: string;
  message: string;
}

/** What of a pod's DNS settings cannot be had; the rest is in force. */
export function dnsProblems(pod: Pod, config: KubeletConfiguration): DnsProblem[] {
  const problems: DnsProblem[] = [];
  const { dnsPolicy = 'ClusterFirst' } = pod.spec;
  if (asksCluster(pod) && config.clusterDNS.length === 0)
    problems.push({
      reason: 'MissingClusterDNS',
      message: `kubelet does not have ClusterDNS IP configured and cannot create Pod using ${JSON.stringify(dnsPolicy)} policy. Falling back to "Default" policy.`,
    });
  const wanted = wholeDns(pod, config);
  const { servers, searches } = dnsConfig(pod, config);
  if (servers.length < wanted.servers.length)
    problems.push({
      reason: 'DNSConfigForming',
      message: `Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: ${servers.join(' ')}`,
    });
  if (searches.length < wanted.searches.length)
    problems.push({
      reason: 'DNSConfigForming',
      message: `Search Line limits were exceeded, some search paths have been omitted, the applied search line is: ${searches.join(' ')}`,
    });
  return problems;
}

const asksCluster = ({ spec }: Pod): boolean =>
  (spec.dnsPolicy ?? 'ClusterFirst') === 'ClusterFirstWithHostNet' || ((spec.dnsPolicy ?? 'ClusterFirst') === 'ClusterFirst' && spec.hostNetwork !== true);

export function dnsConfig(pod: Pod, config: KubeletConfiguration): DnsConfig {
  const { servers, searches, options } = wholeDns(pod, config);
  let length = -1;
  const fitting = searches.slice(0, SEARCHES_MAX).filter((path) => (length += path.length + 1) <= SEARCHES_CHARACTERS_MAX);
  return { servers: servers.slice(0, NAMESERVERS_MAX), searches: fitting, options };
}

function wholeDns(pod: Pod, { clusterDNS, clusterDomain, resolver }: KubeletConfiguration): DnsConfig {
  const { dnsPolicy = 'ClusterFirst', dnsConfig: own } = pod.spec;
  const usesCluster = asksCluster(pod) && clusterDNS.length > 0;
  let dns: DnsConfig = { servers: [], searches: [], options: [] };
  if (dnsPolicy !== 'None' && usesCluster) {
    const inCluster = [`${pod.metadata.namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain];
    dns = { servers: [...clusterDNS], searches: unique([...inCluster, ...resolver.searches]), options: ['ndots:5'] };
  } else if (dnsPolicy !== 'None') {
    dns = { servers: [...resolver.nameservers], searches: [...resolver.searches], options: [...resolver.options] };
  }
  if (own === undefined) return dns;
  const options = new Map(
    [...dns.options, ...(own.options ?? []).map(({ name = '', value }) => (value === undefined || value === '' ? name : `${name}:${value}`))].map((text) => [
      text.split(':')[0]!,
      text,
    ]),
  );
  return {
    servers: unique([...dns.servers, ...(own.nameservers ?? [])]),
    searches: unique([...dns.searches, ...(own.searches ?? [])]),
    options: [...options.values()],
  };
}

const unique = (items: readonly string[]): string[] => [...new Set(items)];

const IPV6_LINES =
  '::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n';

/** The text of a pod's /etc/hosts. */
export function hostsFile(pod: Pod, { podIps, config, nodeHosts }: { podIps: readonly string[]; config: KubeletConfiguration; nodeHosts: string }): string {
  const { hostname, domain } = hostNames(pod, config);
  const names = domain === '' ? hostname : `${hostname}.${domain}\t${hostname}`;
  const own = podIps.map((ip) => `${ip}\t${names}\n`).join('');
  const start =
    pod.spec.hostNetwork === true
      ? `# Kubernetes-managed hosts file (host network).\n${nodeHosts}`
      : `# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n${IPV6_LINES}${own}`;
  const aliases = pod.spec.hostAliases ?? [];
  if (aliases.length === 0) return start;
  return `${start}\n# Entries added by HostAliases.\n${aliases.map(({ ip, hostnames = [] }) => `${ip}\t${hostnames.join('\t')}\n`).join('')}`;
}
