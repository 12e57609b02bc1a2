/**
 * Rules on writing IngressClasses: the controller is fixed, parameters name an
 * object of the cluster or of a namespace.
 */
import { deepEqual } from '../../../apimachinery/deep.js';
import { byteLength, dns1123Label, dns1123Subdomain } from '../../../apimachinery/names.js';
import { validateDomainPrefixedPath } from '../../apps/validation/domainprefixedpath.js';
import { pathSegmentName } from '../../apps/validation/pathsegment.js';
import { complaints, forbidden, immutable, required, supported, tooLong, type Causes } from '../../apps/validation/rules.js';
import type { Strategy } from '../../kind.js';
import { IngressClass } from '../types/ingressclass.js';
import type { IngressClassParametersReference, IngressClassSpec } from '../types/ingressclass.js';

const CONTROLLER_MAX = 250;

export const strategy: Strategy<IngressClass> = {
  schema: IngressClass,
  defaults({ spec }) {
    if (spec.parameters) spec.parameters.scope ??= 'Cluster';
  },
  validate: ({ spec }) => validateSpec(spec, 'spec'),
  placesMetadata: true,
  validateUpdate: (next, previous, _, metadata) => [
    ...(metadata?.changed ?? []),
    ...immutable('spec.controller', next.spec.controller ?? '', previous.spec.controller ?? ''),
    ...(metadata?.whole ?? []),
    ...validateSpec(next.spec, 'spec'),
  ],
  generation: (next, previous) => !deepEqual(next.spec, previous.spec),
  prepareForCreate({ metadata }) {
    metadata.generation = 1;
  },
};

function validateSpec({ controller = '', parameters }: IngressClassSpec, path: string): Causes {
  return [
    ...(byteLength(controller) > CONTROLLER_MAX ? [tooLong(`${path}.controller`, controller, CONTROLLER_MAX)] : []),
    ...validateDomainPrefixedPath(controller, `${path}.controller`),
    ...(parameters ? validateParameters(parameters, `${path}.parameters`) : []),
  ];
}

function validateParameters({ apiGroup, kind, name, scope, namespace }: IngressClassParametersReference, path: string): Causes {
  return [
    ...(apiGroup === undefined ? [] : complaints(`${path}.apiGroup`, apiGroup, dns1123Subdomain(apiGroup))),
    ...(kind === '' ? [required(`${path}.kind`, 'kind is required')] : complaints(`${path}.kind`, kind, pathSegmentName(kind))),
    ...(name === '' ? [required(`${path}.name`, 'name is required')] : complaints(`${path}.name`, name, pathSegmentName(name))),
    ...validateScope(scope, namespace, path),
  ];
}

function validateScope(scope: string | undefined, namespace: string | undefined, path: string): Causes {
  if (scope === undefined) return [required(`${path}.scope`)];
  const causes = supported(`${path}.scope`, scope, ['Cluster', 'Namespace']);
  if (causes.length > 0) return causes;
  if (scope === 'Cluster') return namespace === undefined ? [] : [forbidden(`${path}.namespace`, "`parameters.scope` is set to 'Cluster'")];
  if (namespace === undefined) return [required(`${path}.namespace`, "`parameters.scope` is set to 'Namespace'")];
  return complaints(`${path}.namespace`, namespace, dns1123Label(namespace));
}
