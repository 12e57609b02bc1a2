/** Structs of discovery/v1: EndpointSlice, EndpointPort, Endpoint, EndpointHints, ForNode, ForZone, …. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { bool, int32, list, map, str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { ObjectReference } from '../../core/types/reference.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const EndpointConditions = struct('discovery/v1.EndpointConditions', {
  ready: bool('Ready *bool', 1).optional(),
  serving: bool('Serving *bool', 2).optional(),
  terminating: bool('Terminating *bool', 3).optional(),
});
export type EndpointConditions = z.output<typeof EndpointConditions>;

export const ForZone = struct('discovery/v1.ForZone', {
  name: str('Name string', 1),
});
export type ForZone = z.output<typeof ForZone>;

export const ForNode = struct('discovery/v1.ForNode', {
  name: str('Name string', 1),
});
export type ForNode = z.output<typeof ForNode>;

export const EndpointHints = struct('discovery/v1.EndpointHints', {
  forZones: list(ForZone, 'ForZones []discovery/v1.ForZone', 1, { listType: 'atomic' }).optional(),
  forNodes: list(ForNode, 'ForNodes []discovery/v1.ForNode', 2, { listType: 'atomic' }).optional(),
});
export type EndpointHints = z.output<typeof EndpointHints>;

export const Endpoint = struct('discovery/v1.Endpoint', {
  addresses: list(str(), 'Addresses []string', 1, { listType: 'set' }),
  conditions: sub(EndpointConditions, 'Conditions discovery/v1.EndpointConditions', 2, { omitempty: true }),
  hostname: str('Hostname *string', 3).optional(),
  targetRef: sub(ObjectReference, 'TargetRef *core/v1.ObjectReference', 4).optional(),
  deprecatedTopology: map(str(), 'DeprecatedTopology map[string]string', 5).optional(),
  nodeName: str('NodeName *string', 6).optional(),
  zone: str('Zone *string', 7).optional(),
  hints: sub(EndpointHints, 'Hints *discovery/v1.EndpointHints', 8).optional(),
});
export type Endpoint = z.output<typeof Endpoint>;

export const EndpointPort = struct(
  'discovery/v1.EndpointPort',
  {
    name: str('Name *string', 1).optional(),
    protocol: str('Protocol *v1.Protocol=string', 2, { enum: ['SCTP', 'TCP', 'UDP'] }).optional(),
    port: int32('Port *int32', 3).optional(),
    appProtocol: str('AppProtocol *string', 4).optional(),
  },
  { mapType: 'atomic' },
);
export type EndpointPort = z.output<typeof EndpointPort>;

export const EndpointSlice = struct('discovery/v1.EndpointSlice', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  addressType: str('AddressType v1.AddressType=string', 4, { enum: ['FQDN', 'IPv4', 'IPv6'] }),
  endpoints: list(Endpoint, 'Endpoints []discovery/v1.Endpoint', 2, { listType: 'atomic', required: false }),
  ports: list(EndpointPort, 'Ports []discovery/v1.EndpointPort', 3, { listType: 'atomic', required: false }),
});
export type EndpointSlice = z.output<typeof EndpointSlice>;
