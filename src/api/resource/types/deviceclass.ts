/** Structs of resource/v1: DeviceClass, DeviceClassSpec, DeviceClassConfiguration, DeviceConfiguration, OpaqueDeviceConfiguration, DeviceSelector, …. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { any, list, str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const CELDeviceSelector = struct('resource/v1.CELDeviceSelector', {
  expression: str('Expression string', 1),
});
export type CELDeviceSelector = z.output<typeof CELDeviceSelector>;

export const DeviceSelector = struct('resource/v1.DeviceSelector', {
  cel: sub(CELDeviceSelector, 'CEL *resource/v1.CELDeviceSelector', 1).optional(),
});
export type DeviceSelector = z.output<typeof DeviceSelector>;

export const OpaqueDeviceConfiguration = struct('resource/v1.OpaqueDeviceConfiguration', {
  driver: str('Driver string', 1),
  parameters: any('Parameters runtime.RawExtension', 2),
});
export type OpaqueDeviceConfiguration = z.output<typeof OpaqueDeviceConfiguration>;

export const DeviceConfiguration = struct('resource/v1.DeviceConfiguration', {
  opaque: sub(OpaqueDeviceConfiguration, 'Opaque *resource/v1.OpaqueDeviceConfiguration', 1).optional(),
});
export type DeviceConfiguration = z.output<typeof DeviceConfiguration>;

export const DeviceClassConfiguration = struct(
  'resource/v1.DeviceClassConfiguration',
  {
    ...DeviceConfiguration.shape,
  },
  { inline: [['DeviceConfiguration', DeviceConfiguration, 1]] },
);
export type DeviceClassConfiguration = z.output<typeof DeviceClassConfiguration>;

export const DeviceClassSpec = struct('resource/v1.DeviceClassSpec', {
  selectors: list(DeviceSelector, 'Selectors []resource/v1.DeviceSelector', 1, { listType: 'atomic' }).optional(),
  config: list(DeviceClassConfiguration, 'Config []resource/v1.DeviceClassConfiguration', 2, { listType: 'atomic' }).optional(),
  extendedResourceName: str('ExtendedResourceName *string', 4).optional(),
});
export type DeviceClassSpec = z.output<typeof DeviceClassSpec>;

export const DeviceClass = struct('resource/v1.DeviceClass', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  spec: sub(DeviceClassSpec, 'Spec resource/v1.DeviceClassSpec', 2),
});
export type DeviceClass = z.output<typeof DeviceClass>;
