/** Structs of core/v1: Endpoints, EndpointSubset, EndpointPort, EndpointAddress. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { int32, list, str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { ObjectReference } from './reference.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const EndpointAddress = struct(
  'core/v1.EndpointAddress',
  {
    ip: str('IP string', 1),
    hostname: str('Hostname string', 3).optional(),
    nodeName: str('NodeName *string', 4).optional(),
    targetRef: sub(ObjectReference, 'TargetRef *core/v1.ObjectReference', 2).optional(),
  },
  { mapType: 'atomic' },
);
export type EndpointAddress = z.output<typeof EndpointAddress>;

export const EndpointPort = struct(
  'core/v1.EndpointPort',
  {
    name: str('Name string', 1).optional(),
    port: int32('Port int32', 2),
    protocol: str('Protocol v1.Protocol=string', 3, { enum: ['SCTP', 'TCP', 'UDP'] }).optional(),
    appProtocol: str('AppProtocol *string', 4).optional(),
  },
  { mapType: 'atomic' },
);
export type EndpointPort = z.output<typeof EndpointPort>;

export const EndpointSubset = struct('core/v1.EndpointSubset', {
  addresses: list(EndpointAddress, 'Addresses []core/v1.EndpointAddress', 1, { listType: 'atomic' }).optional(),
  notReadyAddresses: list(EndpointAddress, 'NotReadyAddresses []core/v1.EndpointAddress', 2, { listType: 'atomic' }).optional(),
  ports: list(EndpointPort, 'Ports []core/v1.EndpointPort', 3, { listType: 'atomic' }).optional(),
});
export type EndpointSubset = z.output<typeof EndpointSubset>;

export const Endpoints = struct('core/v1.Endpoints', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  subsets: list(EndpointSubset, 'Subsets []core/v1.EndpointSubset', 2, { listType: 'atomic' }).optional(),
});
export type Endpoints = z.output<typeof Endpoints>;
