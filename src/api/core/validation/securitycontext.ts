/** Rules of security contexts: the container's own, and the parts that a pod's has alike. */
import { invalid, required, tooLong, type Causes } from '../../../apimachinery/fielderror.js';
import { byteLength, dns1123Subdomain } from '../../../apimachinery/names.js';
import { typeNodeOf } from '../../../apimachinery/compile.js';
import { goInternal } from '../../internal.js';
import { AppArmorProfile, SeccompProfile, SecurityContext, type WindowsSecurityContextOptions } from '../types/container.js';
import { between, ID_MAX, invalidEach, supported } from './complaints.js';
import { localDescendingPath } from './paths.js';

const APP_ARMOR_PROFILE_MAX = 4_095;
const PROFILE_TYPES = ['Localhost', 'RuntimeDefault', 'Unconfined'];

export function validateSecurityContext(context: SecurityContext | undefined, field: string, { hostUsers }: { hostUsers: boolean }): Causes {
  if (context === undefined) return [];
  return [
    ...validateId(context.runAsUser, `${field}.runAsUser`),
    ...validateId(context.runAsGroup, `${field}.runAsGroup`),
    ...procMount(context.procMount, `${field}.procMount`, hostUsers),
    ...validateSeccompProfile(context.seccompProfile, `${field}.seccompProfile`),
    ...privilegeEscalation(context, field),
    ...validateWindowsOptions(context.windowsOptions, `${field}.windowsOptions`),
    ...validateAppArmorProfile(context.appArmorProfile, `${field}.appArmorProfile`),
  ];
}

/** A user's or group's number. */
export const validateId = (id: number | undefined, field: string): Causes => between(id, field, [0, ID_MAX]);

function procMount(mount: string | undefined, field: string, hostUsers: boolean): Causes {
  return [
    ...supported(mount, field, ['Default', 'Unmasked']),
    ...(mount === 'Unmasked' && hostUsers ? [invalid(field, mount, '`hostUsers` must be false to use `Unmasked`')] : []),
  ];
}

function privilegeEscalation(context: SecurityContext, field: string): Causes {
  if (context.allowPrivilegeEscalation !== false) return [];
  const value = goInternal(context, typeNodeOf(SecurityContext));
  return [
    ...(context.privileged === true ? [invalid(field, value, 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true')] : []),
    ...(context.capabilities?.add ?? []).flatMap((capability) =>
      capability === 'CAP_SYS_ADMIN' ? [invalid(field, value, 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN')] : [],
    ),
  ];
}

export function validateSeccompProfile(profile: SeccompProfile | undefined, field: string): Causes {
  if (profile === undefined) return [];
  const { type, localhostProfile } = profile;
  const kind = type === '' ? [required(`${field}.type`, 'type is required when seccompProfile is set')] : supported(type, `${field}.type`, PROFILE_TYPES);
  const path = `${field}.localhostProfile`;
  if (type !== 'Localhost') {
    return localhostProfile === undefined
      ? kind
      : [...kind, invalid(path, goInternal(profile, typeNodeOf(SeccompProfile)), 'can only be set when seccomp type is Localhost')];
  }
  return [
    ...kind,
    ...(localhostProfile === undefined ? [required(path, 'must be set when seccomp type is Localhost')] : localDescendingPath(localhostProfile, path)),
  ];
}

export function validateAppArmorProfile(profile: AppArmorProfile | undefined, field: string): Causes {
  if (profile === undefined) return [];
  const { type, localhostProfile } = profile;
  const path = `${field}.localhostProfile`;
  switch (type) {
    case 'Localhost':
      return appArmorLocalhost(localhostProfile, path);
    case 'RuntimeDefault':
    case 'Unconfined':
      return localhostProfile === undefined ? [] : [invalid(path, localhostProfile, 'can only be set when AppArmor type is Localhost')];
    case '':
      return [required(`${field}.type`, 'type is required when appArmorProfile is set')];
    default:
      return supported(type, `${field}.type`, PROFILE_TYPES);
  }
}

function appArmorLocalhost(profile: string | undefined, field: string): Causes {
  if (profile === undefined) return [required(field, 'must be set when AppArmor type is Localhost')];
  const causes: Causes = [];
  if (profile.trim() !== profile) causes.push(invalid(field, profile, 'must not be padded with whitespace'));
  else if (profile === '') causes.push(required(field, 'must be set when AppArmor type is Localhost'));
  return profile.length > APP_ARMOR_PROFILE_MAX ? [...causes, tooLong(field, profile, APP_ARMOR_PROFILE_MAX)] : causes;
}

const GMSA_SPEC_MAX_KIB = 64;
export function validateWindowsOptions(options: WindowsSecurityContextOptions | undefined, field: string): Causes {
  const { gmsaCredentialSpecName: name, gmsaCredentialSpec: spec, runAsUserName: user } = options ?? {};
  return [
    ...(name === undefined ? [] : invalidEach(`${field}.gmsaCredentialSpecName`, name, dns1123Subdomain(name))),
    ...(spec === undefined ? [] : gmsaSpec(spec, `${field}.gmsaCredentialSpec`)),
    ...(user === undefined ? [] : windowsUserName(user).map((message) => invalid(`${field}.runAsUserName`, user, message))),
  ];
}

function gmsaSpec(spec: string, field: string): Causes {
  if (spec === '') return [invalid(field, spec, 'gmsaCredentialSpec cannot be an empty string')];
  return byteLength(spec) > GMSA_SPEC_MAX_KIB * 1024 ? [invalid(field, spec, `gmsaCredentialSpec size must be under ${GMSA_SPEC_MAX_KIB} KiB`)] : [];
}

const NETBIOS = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const DNS_LABEL = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?';
const WINDOWS_DNS = new RegExp(`^${DNS_LABEL}(?:\\.${DNS_LABEL})*$`);
const DOMAIN_LIMIT = 256;
const USER_MAX = 104;
function windowsUserName(name: string): string[] {
  if (name === '') return ['runAsUserName cannot be an empty string'];
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(name)) return ['runAsUserName cannot contain control characters'];
  const parts = name.split('\\');
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash'];
  const domain = parts.length === 2 ? parts[0]! : undefined;
  const user = parts.at(-1)!;
  const messages: string[] = [];
  if (domain !== undefined && byteLength(domain) >= DOMAIN_LIMIT) messages.push(`runAsUserName's Domain length must be under ${DOMAIN_LIMIT} characters`);
  if (domain !== undefined && !NETBIOS.test(domain) && !WINDOWS_DNS.test(domain))
    messages.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
  if (user === '') messages.push("runAsUserName's User cannot be empty");
  else if (byteLength(user) > USER_MAX) messages.push(`runAsUserName's User length must not be longer than ${USER_MAX} characters`);
  if (/^[. ]+$/.test(user)) messages.push("runAsUserName's User cannot contain only periods or spaces");
  if (/["/\\:;|=,+*?<>@[\]]/.test(user)) messages.push('runAsUserName\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]');
  return messages;
}
