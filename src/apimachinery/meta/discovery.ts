/** Structs of apis/meta/v1: APIGroupList, APIGroup, ServerAddressByClientCIDR, GroupVersionForDiscovery, APIResourceList, APIResource, …. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { bool, list, str, struct, sub, typeMeta } from '../schema.js';

export const GroupVersionForDiscovery = struct('apis/meta/v1.GroupVersionForDiscovery', {
  groupVersion: str('GroupVersion string', 1),
  version: str('Version string', 2),
});
export type GroupVersionForDiscovery = z.output<typeof GroupVersionForDiscovery>;

export const ServerAddressByClientCIDR = struct('apis/meta/v1.ServerAddressByClientCIDR', {
  clientCIDR: str('ClientCIDR string', 1),
  serverAddress: str('ServerAddress string', 2),
});
export type ServerAddressByClientCIDR = z.output<typeof ServerAddressByClientCIDR>;

export const APIGroup = struct('apis/meta/v1.APIGroup', {
  ...typeMeta,
  name: str('Name string', 1),
  versions: list(GroupVersionForDiscovery, 'Versions []apis/meta/v1.GroupVersionForDiscovery', 2),
  preferredVersion: sub(GroupVersionForDiscovery, 'PreferredVersion apis/meta/v1.GroupVersionForDiscovery', 3, { omitempty: true }),
  serverAddressByClientCIDRs: list(ServerAddressByClientCIDR, 'ServerAddressByClientCIDRs []apis/meta/v1.ServerAddressByClientCIDR', 4).optional(),
});
export type APIGroup = z.output<typeof APIGroup>;

export const APIGroupList = struct('apis/meta/v1.APIGroupList', {
  ...typeMeta,
  groups: list(APIGroup, 'Groups []apis/meta/v1.APIGroup', 1),
});
export type APIGroupList = z.output<typeof APIGroupList>;

export const APIResource = struct('apis/meta/v1.APIResource', {
  name: str('Name string', 1),
  singularName: str('SingularName string', 6),
  namespaced: bool('Namespaced bool', 2),
  group: str('Group string', 8).optional(),
  version: str('Version string', 9).optional(),
  kind: str('Kind string', 3),
  verbs: list(str(), 'Verbs []string', 4),
  shortNames: list(str(), 'ShortNames []string', 5, { listType: 'atomic' }).optional(),
  categories: list(str(), 'Categories []string', 7, { listType: 'atomic' }).optional(),
  storageVersionHash: str('StorageVersionHash string', 10).optional(),
});
export type APIResource = z.output<typeof APIResource>;

export const APIResourceList = struct('apis/meta/v1.APIResourceList', {
  ...typeMeta,
  groupVersion: str('GroupVersion string', 1),
  resources: list(APIResource, 'APIResources []apis/meta/v1.APIResource', 2, { listType: 'atomic' }),
});
export type APIResourceList = z.output<typeof APIResourceList>;

export const APIVersions = struct('apis/meta/v1.APIVersions', {
  ...typeMeta,
  versions: list(str(), 'Versions []string', 1),
  serverAddressByClientCIDRs: list(ServerAddressByClientCIDR, 'ServerAddressByClientCIDRs []apis/meta/v1.ServerAddressByClientCIDR', 2),
});
export type APIVersions = z.output<typeof APIVersions>;
