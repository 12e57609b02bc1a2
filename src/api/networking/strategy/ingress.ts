/**
 * Rules on writing Ingresses: hosts, paths and their backends.
 */
import { dns1035Label, dns1123Subdomain, ip, portName, portNumber, wildcardDns1123Subdomain } from '../../../apimachinery/names.js';
import { complaints, invalid, required, supported, type Causes } from '../../apps/validation/rules.js';
import { pathSegmentName } from '../../apps/validation/pathsegment.js';
import type { Strategy } from '../../kind.js';
import { Ingress } from '../types/ingress.js';
import type { HTTPIngressPath, IngressBackend, IngressRule, IngressServiceBackend, IngressSpec, IngressStatus, IngressTLS } from '../types/ingress.js';

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';
const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];
const PATH_PIECES_REFUSED = ['//', '/./', '/../', '%2f', '%2F'];

export const strategy: Strategy<Ingress> = {
  schema: Ingress,
  validate: (ingress) => [...validateIngressSpec(ingress.spec, 'spec'), ...validateClassAnnotation(ingress)],
  validateUpdate: (next) => validateIngressSpec(next.spec, 'spec'),
  warnings({ metadata }, previous) {
    const deprecated = metadata.annotations?.[CLASS_ANNOTATION] !== undefined && previous === undefined;
    return deprecated ? [`annotation "${CLASS_ANNOTATION}" is deprecated, please use 'spec.ingressClassName' instead`] : [];
  },
  subresources: {
    status: {
      prepareForUpdate(next, previous) {
        next.spec = previous.spec;
      },
      validateUpdate: ({ status }) => validateIngressStatus(status, 'status.loadBalancer.ingress'),
    },
  },
};

function validateClassAnnotation({ metadata, spec }: Ingress): Causes {
  const value = metadata.annotations?.[CLASS_ANNOTATION];
  if (value === undefined || spec.ingressClassName === undefined || value === spec.ingressClassName) return [];
  return [invalid(`metadata.annotations.${CLASS_ANNOTATION}`, value, 'can not be set when the class field is also set')];
}

function validateIngressSpec(spec: IngressSpec, path: string): Causes {
  const { rules = [], defaultBackend, ingressClassName, tls = [] } = spec;
  return [
    ...(rules.length === 0 && !defaultBackend ? [invalid(path, null, 'either `defaultBackend` or `rules` must be specified')] : []),
    ...(defaultBackend ? validateBackend(defaultBackend, `${path}.defaultBackend`) : []),
    ...rules.flatMap((rule, index) => validateRule(rule, `${path}.rules[${index}]`)),
    ...tls.flatMap((entry, index) => validateTls(entry, `${path}.tls[${index}]`)),
    ...(ingressClassName === undefined ? [] : complaints(`${path}.ingressClassName`, ingressClassName, dns1123Subdomain(ingressClassName))),
  ];
}

function validateTls({ hosts = [], secretName }: IngressTLS, path: string): Causes {
  return [
    ...hosts.flatMap((host, index) => complaints(`${path}.hosts[${index}]`, host, hostMessages(host))),
    ...(secretName ? complaints(`${path}.secretName`, secretName, dns1123Subdomain(secretName)) : []),
  ];
}

const hostMessages = (host: string): readonly string[] => (host.includes('*') ? wildcardDns1123Subdomain(host) : dns1123Subdomain(host));

function validateRule({ host = '', http }: IngressRule, path: string): Causes {
  const address = host !== '' && ip(host).length === 0;
  const paths = http?.paths ?? [];
  return [
    ...(address ? [invalid(`${path}.host`, host, 'must be a DNS name, not an IP address')] : []),
    ...(host === '' ? [] : complaints(`${path}.host`, host, hostMessages(host))),
    ...(http && paths.length === 0 ? [required(`${path}.http.paths`)] : []),
    ...paths.flatMap((entry, index) => validatePath(entry, `${path}.http.paths[${index}]`)),
  ];
}

function validatePath({ path: text = '', pathType, backend }: HTTPIngressPath, path: string): Causes {
  return [...validatePathType(text, pathType, path), ...validateBackend(backend, `${path}.backend`)];
}

function validatePathType(text: string, pathType: string | null | undefined, path: string): Causes {
  if (pathType === undefined || pathType === null) return [required(`${path}.pathType`, 'pathType must be specified')];
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
  if (!text.startsWith('/')) return [invalid(path, text, 'must be an absolute path')];
  const pieces = PATH_PIECES_REFUSED.filter((piece) => text.includes(piece)).map((piece) => invalid(path, text, `must not contain '${piece}'`));
  const endings = ['/..', '/.'].filter((ending) => text.endsWith(ending)).map((ending) => invalid(path, text, `cannot end with '${ending}'`));
  return [...pieces, ...endings];
}

function validateBackend({ service, resource }: IngressBackend, path: string): Causes {
  if (resource && service) return [invalid(path, '', 'cannot set both resource and service backends')];
  if (resource) return validateResource(resource, `${path}.resource`);
  return service ? validateService(service, path) : [required(path, 'resource or service backend is required')];
}

function validateResource({ apiGroup, kind, name }: NonNullable<IngressBackend['resource']>, path: string): Causes {
  return [
    ...(apiGroup === undefined ? [] : complaints(`${path}.apiGroup`, apiGroup, dns1123Subdomain(apiGroup))),
    ...(kind === '' ? [required(`${path}.kind`)] : complaints(`${path}.kind`, kind, pathSegmentName(kind))),
    ...(name === '' ? [required(`${path}.name`)] : complaints(`${path}.name`, name, pathSegmentName(name))),
  ];
}

function validateService({ name, port }: IngressServiceBackend, path: string): Causes {
  const hasName = (port.name ?? '') !== '';
  const hasNumber = (port.number ?? 0) !== 0;
  const names = name === '' ? [required(`${path}.service.name`)] : complaints(`${path}.service.name`, name, dns1035Label(name));
  if (hasName && hasNumber) return [...names, invalid(path, '', 'cannot set both port name & port number')];
  if (hasName) return [...names, ...complaints(`${path}.service.port.name`, port.name, portName(port.name!))];
  if (hasNumber) return [...names, ...complaints(`${path}.service.port.number`, port.number, portNumber(port.number!))];
  return [...names, required(path, 'port name or number is required')];
}

function validateIngressStatus({ loadBalancer }: IngressStatus, path: string): Causes {
  return (loadBalancer.ingress ?? []).flatMap(({ ip: address = '', hostname = '' }, index) => [
    ...(address === '' ? [] : complaints(`${path}[${index}].ip`, address, ip(address))),
    ...(hostname === '' ? [] : [
      ...complaints(`${path}[${index}].hostname`, hostname, dns1123Subdomain(hostname)),
      ...(ip(hostname).length === 0 ? [invalid(`${path}[${index}].hostname`, hostname, 'must be a DNS name, not an IP address')] : []),
    ]),
  ]);
}
