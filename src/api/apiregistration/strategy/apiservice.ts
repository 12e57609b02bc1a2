/**
 * Rules on writing APIServices: the name is "<version>.<group>", priorities are
 * positive, what is served here needs no certificate.
 */
import { invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import { dns1035Label, dns1123Subdomain, portNumber } from '../../../apimachinery/names.js';
import { validatePathSegmentName } from '../../apps/validation/pathsegment.js';
import { complaints } from '../../apps/validation/rules.js';
import { keepMetadata } from '../../apps/strategy/statusmetadata.js';
import type { Strategy } from '../../kind.js';
import { APIService } from '../types/apiservice.js';
import type { APIServiceSpec } from '../types/apiservice.js';

const GROUP_PRIORITY_MAX = 20_000;
const VERSION_PRIORITY_MAX = 1000;

export const strategy: Strategy<APIService> = {
  schema: APIService,
  metadataRules: 'generic',
  generation: false,
  validateName: validatePathSegmentName,
  defaults({ spec }) {
    if (spec.service) spec.service.port ??= 443;
  },
  prepareForCreate(service) {
    service.status = {};
    // As Kubernetes does: what this server answers itself is available from the start.
    if (!service.spec.service)
      service.status = {
        conditions: [{ type: 'Available', status: 'True', lastTransitionTime: null, reason: 'Local', message: 'Local APIServices are always available' }],
      };
  },
  prepareForUpdate(next, previous) {
    next.status = previous.status;
  },
  validate: validateAPIService,
  validateUpdate: validateAPIService,
  subresources: {
    status: {
      prepareForUpdate(next, previous) {
        next.spec = previous.spec;
        keepMetadata(next, previous);
      },
    },
  },
};

function validateAPIService({ metadata, spec }: APIService): Causes {
  const { group = '', version = '', groupPriorityMinimum, versionPriority } = spec;
  const name = `${version}.${group}`;
  return [
    ...(metadata.name === name ? [] : [invalid('metadata.name', metadata.name ?? '', `must be \`spec.version+"."+spec.group\`: "${name}"`)]),
    ...(group === ''
      ? version === 'v1'
        ? []
        : [required('spec.group', 'only v1 may have an empty group and it better be legacy kube')]
      : complaints('spec.group', group, dns1123Subdomain(group))),
    ...complaints('spec.version', version, dns1035Label(version)),
    ...validatePriority('spec.groupPriorityMinimum', groupPriorityMinimum, GROUP_PRIORITY_MAX),
    ...validatePriority('spec.versionPriority', versionPriority, VERSION_PRIORITY_MAX),
    ...validateWhere(spec),
  ];
}

function validatePriority(field: string, priority: number, max: number): Causes {
  return priority <= 0 || priority > max ? [invalid(field, priority, `must be positive and less than ${max}`)] : [];
}

function validateWhere({ service, caBundle, insecureSkipTLSVerify = false }: APIServiceSpec): Causes {
  const bytes = Buffer.from(caBundle ?? '', 'base64').length;
  if (!service) {
    return [
      ...(bytes > 0 ? [invalid('spec.caBundle', `${bytes} bytes`, 'local APIServices may not have a caBundle')] : []),
      ...(insecureSkipTLSVerify ? [invalid('spec.insecureSkipTLSVerify', insecureSkipTLSVerify, 'local APIServices may not have insecureSkipTLSVerify')] : []),
    ];
  }
  return [
    ...(service.namespace ? [] : [required('spec.service.namespace')]),
    ...(service.name ? [] : [required('spec.service.name')]),
    ...portNumber(service.port ?? 0).map((message) => invalid('spec.service.port', service.port ?? 0, `port is not valid: ${message}`)),
    ...(insecureSkipTLSVerify && bytes > 0 ? [invalid('spec.insecureSkipTLSVerify', insecureSkipTLSVerify, 'may not be true if caBundle is present')] : []),
  ];
}
