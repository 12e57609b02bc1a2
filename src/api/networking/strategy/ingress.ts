/**
 * Rules on writing Ingresses: hosts, paths and their backends.
 */
import { asHeld } from '../../../apimachinery/givenempty.js';
import { dns1123Label, dns1123Subdomain, ip, portName, portNumber, wildcardDns1123Subdomain } from '../../../apimachinery/names.js';
import { complaints, invalid, required, supported, type Causes } from '../../apps/validation/rules.js';
import { pathSegmentName } from '../../apps/validation/pathsegment.js';
import { validateIP } from '../../core/validation/addresses.js';
import type { Strategy } from '../../kind.js';
import { Ingress } from '../types/ingress.js';
import type { HTTPIngressPath, IngressBackend, IngressRule, IngressServiceBackend, IngressSpec, IngressStatus, IngressTLS } from '../types/ingress.js';

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';
const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];
const PATH_PIECES_REFUSED = ['//', '/./', '/../', '%2f', '%2F'];

export const strategy: Strategy<Ingress> = {
  schema: Ingress,
  validate: (ingress) => [...validateIngressSpec(ingress.spec, 'spec', NOTHING_OLD), ...validateClassAnnotation(ingress)],
  placesMetadata: true,
  validateUpdate: (next, previous, _, metadata) => [
    ...(metadata?.changed ?? []),
    ...(metadata?.whole ?? []),
    ...validateIngressSpec(next.spec, 'spec', toleratedOf(previous.spec)),
  ],
  warnings({ metadata }, previous) {
    const deprecated = metadata.annotations?.[CLASS_ANNOTATION] !== undefined && previous === undefined;
    return deprecated ? [`annotation "${CLASS_ANNOTATION}" is deprecated, please use 'spec.ingressClassName' instead`] : [];
  },
  subresources: {
    status: {
      prepareForUpdate(next, previous) {
        next.spec = previous.spec;
      },
      validateUpdate: (next, previous) => validateIngressStatus(next.status, previous.status, 'status.loadBalancer.ingress'),
    },
  },
};

function validateClassAnnotation({ metadata, spec }: Ingress): Causes {
  const value = metadata.annotations?.[CLASS_ANNOTATION];
  if (value === undefined || spec.ingressClassName === undefined || value === spec.ingressClassName) return [];
  return [invalid(`annotations.${CLASS_ANNOTATION}`, value, 'must match `ingressClassName` when both are specified')];
}

/** What was accepted once, when the rules were looser, may stay. */
interface Tolerated {
  secretNames: boolean;
  wildcardRules: boolean;
}
const NOTHING_OLD: Tolerated = { secretNames: false, wildcardRules: false };

function toleratedOf({ tls = [], rules = [] }: IngressSpec): Tolerated {
  return {
    secretNames: tls.some(({ secretName }) => validateSecretName(secretName, '').length > 0),
    wildcardRules: rules.some((rule) => isWildcard(rule) && validatePaths(rule, '').length > 0),
  };
}

function validateIngressSpec(spec: IngressSpec, path: string, tolerated: Tolerated): Causes {
  const { rules = [], defaultBackend, ingressClassName, tls = [] } = spec;
  return [
    ...(rules.length === 0 && !defaultBackend ? [invalid(path, asHeld(spec, 'rules'), 'either `defaultBackend` or `rules` must be specified')] : []),
    ...(defaultBackend ? validateBackend(defaultBackend, `${path}.defaultBackend`) : []),
    ...rules.flatMap((rule, index) => validateRule(rule, `${path}.rules[${index}]`, tolerated)),
    ...tls.flatMap((entry, index) => validateTls(entry, `${path}.tls[${index}]`, tolerated)),
    ...(ingressClassName === undefined ? [] : complaints(`${path}.ingressClassName`, ingressClassName, dns1123Subdomain(ingressClassName))),
  ];
}

function validateTls({ hosts = [], secretName }: IngressTLS, path: string, { secretNames }: Tolerated): Causes {
  return [
    ...hosts.flatMap((host, index) => complaints(`${path}.hosts[${index}]`, host, hostMessages(host))),
    ...(secretNames ? [] : validateSecretName(secretName, `${path}.secretName`)),
  ];
}

const validateSecretName = (name: string | undefined, path: string): Causes => (name ? complaints(path, name, dns1123Subdomain(name)) : []);

const hostMessages = (host: string): readonly string[] => (host.includes('*') ? wildcardDns1123Subdomain(host) : dns1123Subdomain(host));

const isWildcard = ({ host = '' }: IngressRule): boolean => host.includes('*');

function validateRule(rule: IngressRule, path: string, { wildcardRules }: Tolerated): Causes {
  const { host = '' } = rule;
  const address = host !== '' && ip(host).length === 0;
  return [
    ...(address ? [invalid(`${path}.host`, host, 'must be a DNS name, not an IP address')] : []),
    ...(host === '' ? [] : complaints(`${path}.host`, host, hostMessages(host))),
    ...(wildcardRules && isWildcard(rule) ? [] : validatePaths(rule, `${path}.http.paths`)),
  ];
}

function validatePaths({ http }: IngressRule, path: string): Causes {
  const paths = http?.paths ?? [];
  return [...(http && paths.length === 0 ? [required(path)] : []), ...paths.flatMap((entry, index) => validatePath(entry, `${path}[${index}]`))];
}

/** Without a type nothing can be said of the path, and nothing is of its backend. */
function validatePath({ path: text = '', pathType, backend }: HTTPIngressPath, path: string): Causes {
  if (pathType === undefined || pathType === null) return [required(`${path}.pathType`, 'pathType must be specified')];
  return [...validatePathType(text, pathType, path), ...validateBackend(backend, `${path}.backend`)];
}

function validatePathType(text: string, pathType: string, path: string): Causes {
  switch (pathType) {
    case 'Exact':
    case 'Prefix':
      return validatePathText(text, `${path}.path`);
    case 'ImplementationSpecific':
      return text !== '' && !text.startsWith('/') ? [invalid(`${path}.path`, text, 'must be an absolute path')] : [];
    default:
      return supported(`${path}.pathType`, pathType, PATH_TYPES);
  }
}

function validatePathText(text: string, path: string): Causes {
  const relative = text.startsWith('/') ? [] : [invalid(path, text, 'must be an absolute path')];
  const pieces = PATH_PIECES_REFUSED.filter((piece) => text.includes(piece)).map((piece) => invalid(path, text, `must not contain '${piece}'`));
  const endings = ['/..', '/.'].filter((ending) => text.endsWith(ending)).map((ending) => invalid(path, text, `cannot end with '${ending}'`));
  return [...relative, ...pieces, ...endings];
}

function validateBackend({ service, resource }: IngressBackend, path: string): Causes {
  if (resource && service) return [invalid(path, '', 'cannot set both resource and service backends')];
  if (resource) return validateResource(resource, `${path}.resource`);
  return service ? validateService(service, path) : [invalid(path, '', 'resource or service backend is required')];
}

function validateResource({ apiGroup, kind, name }: NonNullable<IngressBackend['resource']>, path: string): Causes {
  return [
    ...(apiGroup === undefined ? [] : complaints(`${path}.apiGroup`, apiGroup, dns1123Subdomain(apiGroup))),
    ...(kind === '' ? [required(`${path}.kind`, 'kind is required')] : complaints(`${path}.kind`, kind, pathSegmentName(kind))),
    ...(name === '' ? [required(`${path}.name`, 'name is required')] : complaints(`${path}.name`, name, pathSegmentName(name))),
  ];
}

function validateService({ name, port }: IngressServiceBackend, path: string): Causes {
  const hasName = (port.name ?? '') !== '';
  const hasNumber = (port.number ?? 0) !== 0;
  const names = name === '' ? [required(`${path}.service.name`)] : complaints(`${path}.service.name`, name, dns1123Label(name));
  if (hasName && hasNumber) return [...names, invalid(path, '', 'cannot set both port name & port number')];
  if (hasName) return [...names, ...complaints(`${path}.service.port.name`, port.name, portName(port.name!))];
  if (hasNumber) return [...names, ...complaints(`${path}.service.port.number`, port.number, portNumber(port.number!))];
  return [...names, required(path, 'port name or number is required')];
}

function validateIngressStatus({ loadBalancer }: IngressStatus, { loadBalancer: old }: IngressStatus, path: string): Causes {
  const stored = (old.ingress ?? []).map(({ ip: address = '' }) => address);
  return (loadBalancer.ingress ?? []).flatMap(({ ip: address = '', hostname = '' }, index) => [
    ...(address === '' ? [] : validateIP(address, `${path}[${index}].ip`, stored)),
    ...(hostname === ''
      ? []
      : [
          ...complaints(`${path}[${index}].hostname`, hostname, dns1123Subdomain(hostname)),
          ...(ip(hostname).length === 0 ? [invalid(`${path}[${index}].hostname`, hostname, 'must be a DNS name, not an IP address')] : []),
        ]),
  ]);
}
