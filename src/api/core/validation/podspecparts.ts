/** Rules of the smaller parts of a pod spec: tolerations, DNS, host aliases, resource claims, security context, gates. */
import { duplicate, forbidden, invalid, notSupported, required, tooLong, type Causes } from '../../../apimachinery/fielderror.js';
import { dns1123Subdomain, dns1123SubdomainWithUnderscore, labelValue } from '../../../apimachinery/names.js';
import { typeNodeOf } from '../../../apimachinery/compile.js';
import { goInternal } from '../../internal.js';
import type { Toleration } from '../types/reference.js';
import { PodResourceClaim, type HostAlias, type PodDNSConfig, type PodSchedulingGate, type PodSpec, type Sysctl } from '../types/podspec.js';
import { validateIP } from './addresses.js';
import { invalidEach, label, qualified, subdomain, supported } from './complaints.js';
import { eachContainer } from './podos.js';
import { validateAppArmorProfile, validateId, validateSeccompProfile, validateWindowsOptions } from './securitycontext.js';

const NAMESERVERS_MAX = 3;
const SEARCHES_MAX = 32;
const SEARCH_CHARACTERS_MAX = 2_048;
const SYSCTL_NAME_MAX = 253;
const HOSTNAME_OVERRIDE_MAX = 64;
export const TAINT_EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export function validateTolerations(tolerations: readonly Toleration[] | undefined, field: string): Causes {
  return (tolerations ?? []).flatMap((toleration, at) => validateToleration(toleration, `${field}[${at}]`));
}

function validateToleration(toleration: Toleration, field: string): Causes {
  const { key = '', operator = '', value = '', effect = '', tolerationSeconds } = toleration;
  const causes: Causes = [];
  if (key !== '') causes.push(...qualified(key, `${field}.key`));
  else if (operator !== 'Exists')
    causes.push(invalid(`${field}.operator`, operator, 'operator must be Exists when `key` is empty, which means "match all values and all keys"'));
  if (tolerationSeconds !== undefined && effect !== 'NoExecute')
    causes.push(invalid(`${field}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
  if (operator === 'Equal' || operator === '') {
    const messages = labelValue(value);
    if (messages.length > 0) causes.push(invalid(`${field}.operator`, value, messages.join(';')));
  } else if (operator === 'Exists') {
    if (value !== '') causes.push(invalid(`${field}.operator`, value, "value must be empty when `operator` is 'Exists'"));
  } else if (operator === 'Lt' || operator === 'Gt') {
    // As Kubernetes does while comparisons are off: it names what it will take once they are on.
    causes.push(notSupported(`${field}.operator`, operator, ['Equal', 'Exists', 'Lt', 'Gt']));
  } else causes.push(...supported(operator, `${field}.operator`, ['Equal', 'Exists']));
  return [...causes, ...(effect === '' ? [] : supported(effect, `${field}.effect`, TAINT_EFFECTS))];
}

export function validateDnsConfig(config: PodDNSConfig | undefined, dnsPolicy: string | undefined, field: string): Causes {
  if (dnsPolicy === 'None') {
    if (config === undefined) return [required(field, 'must provide `dnsConfig` when `dnsPolicy` is None')];
    if ((config.nameservers ?? []).length === 0) return [required(`${field}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None')];
  }
  const { nameservers = [], searches = [], options = [] } = config ?? {};
  const causes: Causes = [];
  if (nameservers.length > NAMESERVERS_MAX) causes.push(invalid(`${field}.nameservers`, nameservers, `must not have more than ${NAMESERVERS_MAX} nameservers`));
  nameservers.forEach((server, at) => causes.push(...validateIP(server, `${field}.nameservers[${at}]`)));
  if (searches.length > SEARCHES_MAX) causes.push(invalid(`${field}.searches`, searches, `must not have more than ${SEARCHES_MAX} search paths`));
  if (searches.join(' ').length > SEARCH_CHARACTERS_MAX) {
    causes.push(invalid(`${field}.searches`, searches, `must not have more than ${SEARCH_CHARACTERS_MAX} characters (including spaces) in the search list`));
  }
  searches.forEach((search, at) => {
    // A trailing dot is fine, and is not shown.
    const name = search.replace(/\.$/, '');
    if (search !== '.') causes.push(...invalidEach(`${field}.searches[${at}]`, name, dns1123SubdomainWithUnderscore(name)));
  });
  options.forEach(({ name }, at) => {
    if (!name) causes.push(required(`${field}.options[${at}]`, 'must not be empty'));
  });
  return causes;
}

export function validateHostAliases(aliases: readonly HostAlias[] | undefined, field: string): Causes {
  return (aliases ?? []).flatMap((alias, at) => [
    ...validateIP(alias.ip, `${field}[${at}].ip`),
    ...(alias.hostnames ?? []).flatMap((name, host) => subdomain(name, `${field}[${at}].hostnames[${host}]`)),
  ]);
}

export function validateSchedulingGates(gates: readonly PodSchedulingGate[] | undefined, field: string): Causes {
  const seen = new Set<string>();
  return (gates ?? []).flatMap(({ name }, at) => {
    const causes = qualified(name, `${field}[${at}]`);
    if (seen.has(name)) causes.push(duplicate(`${field}[${at}]`, name));
    seen.add(name);
    return causes;
  });
}

export function validatePodResourceClaims(claims: readonly PodResourceClaim[] | undefined, field: string, { isMirror }: { isMirror: boolean }): Causes {
  const seen = new Set<string>();
  return (claims ?? []).flatMap((claim, at) => {
    if (isMirror) return [forbidden('', 'static pods do not support resource claims')];
    const path = `${field}[${at}]`;
    const { name, resourceClaimName, resourceClaimTemplateName } = claim;
    const causes: Causes = [];
    if (name === '') causes.push(required(`${path}.name`));
    else if (seen.has(name)) causes.push(duplicate(`${path}.name`, name));
    else causes.push(...label(name, `${path}.name`));
    seen.add(name);
    const value = goInternal(claim, typeNodeOf(PodResourceClaim));
    if (resourceClaimName !== undefined && resourceClaimTemplateName !== undefined) {
      causes.push(invalid(path, value, 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified'));
    } else if (resourceClaimName === undefined && resourceClaimTemplateName === undefined) {
      causes.push(invalid(path, value, 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`'));
    }
    if (resourceClaimName !== undefined) causes.push(...subdomain(resourceClaimName, `${path}.resourceClaimName`));
    if (resourceClaimTemplateName !== undefined) causes.push(...subdomain(resourceClaimTemplateName, `${path}.resourceClaimTemplateName`));
    return causes;
  });
}

export function validatePodSecurityContext(spec: PodSpec, field: string): Causes {
  const context = spec.securityContext ?? {};
  return [
    ...validateId(context.fsGroup, `${field}.fsGroup`),
    ...validateId(context.runAsUser, `${field}.runAsUser`),
    ...validateId(context.runAsGroup, `${field}.runAsGroup`),
    ...(context.supplementalGroups ?? []).flatMap((group, at) => validateId(group, `${field}.supplementalGroups[${at}]`)),
    ...(spec.shareProcessNamespace === true && spec.hostPID === true
      ? [invalid(`${field}.shareProcessNamespace`, true, 'ShareProcessNamespace and HostPID cannot both be enabled')]
      : []),
    ...validateSysctls(context.sysctls, spec, `${field}.sysctls`),
    ...supported(context.fsGroupChangePolicy, `${field}.fsGroupChangePolicy`, ['Always', 'OnRootMismatch']),
    ...validateSeccompProfile(context.seccompProfile, `${field}.seccompProfile`),
    ...validateWindowsOptions(context.windowsOptions, `${field}.windowsOptions`),
    ...validateAppArmorProfile(context.appArmorProfile, `${field}.appArmorProfile`),
    ...supported(context.supplementalGroupsPolicy, `${field}.supplementalGroupsPolicy`, ['Merge', 'Strict']),
    ...supported(context.seLinuxChangePolicy, `${field}.seLinuxChangePolicy`, ['Recursive']),
  ];
}

const SYSCTL_PATTERN = '^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$';
const SYSCTL = new RegExp(SYSCTL_PATTERN);
const IPC_SYSCTL = /^(kernel[./](shm|msg|sem)|fs[./]mqueue[./])/;
function validateSysctls(sysctls: readonly Sysctl[] | undefined, { hostNetwork, hostIPC }: PodSpec, field: string): Causes {
  const seen = new Set<string>();
  return (sysctls ?? []).flatMap(({ name }, at) => {
    const path = `${field}[${at}].name`;
    const causes: Causes = [];
    if (name === '') causes.push(required(path));
    else if (name.length > SYSCTL_NAME_MAX || !SYSCTL.test(name))
      causes.push(invalid(path, name, `must have at most ${SYSCTL_NAME_MAX} characters and match regex ${SYSCTL_PATTERN}`));
    else if (seen.has(name)) causes.push(duplicate(path, name));
    if (hostNetwork === true && /^net[./]/.test(name)) causes.push(invalid(path, name, "may not be specified when 'hostNetwork' is true"));
    if (hostIPC === true && IPC_SYSCTL.test(name)) causes.push(invalid(path, name, "may not be specified when 'hostIPC' is true"));
    seen.add(name);
    return causes;
  });
}

/** A pod with its own user namespace shares none of the host's others. */
export function validateHostUsers(spec: PodSpec, field: string): Causes {
  if (spec.hostUsers !== false) return [];
  return [
    ...(spec.hostNetwork === true ? [forbidden(`${field}.hostNetwork`, 'when `hostUsers` is false')] : []),
    ...(spec.hostPID === true ? [forbidden(`${field}.HostPID`, 'when `hostUsers` is false')] : []),
    ...(spec.hostIPC === true ? [forbidden(`${field}.HostIPC`, 'when `hostUsers` is false')] : []),
    ...eachContainer(spec, field).flatMap(({ container, at }) =>
      (container.volumeDevices ?? []).length > 0 ? [forbidden(`${at}.volumeDevices`, 'when `hostUsers` is false')] : [],
    ),
  ];
}

export function validateHostnameOverride({ hostnameOverride: name, setHostnameAsFQDN, hostNetwork }: PodSpec, field: string): Causes {
  if (name === undefined) return [];
  return [
    ...(setHostnameAsFQDN === true ? [forbidden(field, 'may not be specified when setHostnameAsFQDN is true')] : []),
    ...(hostNetwork === true ? [forbidden(field, 'may not be specified when hostNetwork is true')] : []),
    ...(name.length > HOSTNAME_OVERRIDE_MAX ? [tooLong(field, name, HOSTNAME_OVERRIDE_MAX)] : []),
    ...invalidEach(field, name, dns1123Subdomain(name)),
  ];
}
