/** Rules of endpoints. */
import { invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import { portNumber, qualifiedName } from '../../../apimachinery/names.js';
import type { Strategy } from '../../kind.js';
import { Endpoints, type EndpointAddress, type EndpointPort } from '../types/endpoints.js';
import { invalidEach, label, requiredWord, semanticEqual, subdomain } from '../validation/complaints.js';
import { ipWarnings } from '../validation/addresswarnings.js';
import { validateIP, validateNonSpecialIP } from '../validation/addresses.js';

export const strategy: Strategy<Endpoints> = {
  schema: Endpoints,
  defaults({ subsets }) {
    for (const { ports } of subsets ?? []) for (const port of ports ?? []) port.protocol ||= 'TCP';
  },
  validate,
  // As Kubernetes does: what an older server took may stay as it is.
  validateUpdate: (next, previous, _, { whole, changed } = { whole: [], changed: [] }) => [
    ...changed,
    ...whole,
    ...(semanticEqual(next.subsets, previous.subsets) ? [] : validate(next)),
  ],
  placesMetadata: true,
  warnings: ({ subsets }) =>
    (subsets ?? []).flatMap((subset, at) =>
      (['addresses', 'notReadyAddresses'] as const).flatMap((list) =>
        (subset[list] ?? []).flatMap(({ ip }, place) => ipWarnings(`subsets[${at}].${list}[${place}].ip`, ip)),
      ),
    ),
  allowCreateOnUpdate: true,
};

function validate({ subsets }: Endpoints): Causes {
  return (subsets ?? []).flatMap(({ addresses = [], notReadyAddresses = [], ports = [] }, at) => {
    const field = `subsets[${at}]`;
    return [
      ...(addresses.length + notReadyAddresses.length === 0 ? [required(field, 'must specify `addresses` or `notReadyAddresses`')] : []),
      ...addresses.flatMap((address, index) => endpointAddress(address, `${field}.addresses[${index}]`)),
      ...notReadyAddresses.flatMap((address, index) => endpointAddress(address, `${field}.notReadyAddresses[${index}]`)),
      ...ports.flatMap((port, index) => endpointPort(port, `${field}.ports[${index}]`, ports.length > 1)),
    ];
  });
}

function endpointAddress(address: EndpointAddress, field: string): Causes {
  return [
    ...validateIP(address.ip, `${field}.ip`),
    ...(address.hostname ? label(address.hostname, `${field}.hostname`) : []),
    ...(address.nodeName === undefined ? [] : subdomain(address.nodeName, `${field}.nodeName`)),
    ...validateNonSpecialIP(address.ip, `${field}.ip`),
  ];
}

function endpointPort({ name = '', port, protocol, appProtocol }: EndpointPort, field: string, isOneOfMany: boolean): Causes {
  return [
    ...(isOneOfMany && name === '' ? [required(`${field}.name`)] : name === '' ? [] : label(name, `${field}.name`)),
    ...invalidEach(`${field}.port`, port, portNumber(port)),
    ...requiredWord(protocol, `${field}.protocol`, ['SCTP', 'TCP', 'UDP']),
    ...(appProtocol === undefined ? [] : qualifiedName(appProtocol).map((message) => invalid(`${field}.appProtocol`, appProtocol, message))),
  ];
}
