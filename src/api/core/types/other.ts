/** Structs of core/v1: NodeProxyOptions, PodAttachOptions, PodExecOptions, PodLogOptions, PodPortForwardOptions, PodProxyOptions, …. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { bool, bytes, int32, int64, list, str, struct, sub, timePointer, typeMeta } from '../../../apimachinery/schema.js';
import { PodStatus } from './pod.js';
import { ObjectReference } from './reference.js';
import { ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const NodeProxyOptions = struct('core/v1.NodeProxyOptions', {
  ...typeMeta,
  path: str('Path string', 1).optional(),
});
export type NodeProxyOptions = z.output<typeof NodeProxyOptions>;

export const PodAttachOptions = struct('core/v1.PodAttachOptions', {
  ...typeMeta,
  stdin: bool('Stdin bool', 1).optional(),
  stdout: bool('Stdout bool', 2).optional(),
  stderr: bool('Stderr bool', 3).optional(),
  tty: bool('TTY bool', 4).optional(),
  container: str('Container string', 5).optional(),
});
export type PodAttachOptions = z.output<typeof PodAttachOptions>;

export const PodExecOptions = struct('core/v1.PodExecOptions', {
  ...typeMeta,
  stdin: bool('Stdin bool', 1).optional(),
  stdout: bool('Stdout bool', 2).optional(),
  stderr: bool('Stderr bool', 3).optional(),
  tty: bool('TTY bool', 4).optional(),
  container: str('Container string', 5).optional(),
  command: list(str(), 'Command []string', 6),
});
export type PodExecOptions = z.output<typeof PodExecOptions>;

export const PodLogOptions = struct('core/v1.PodLogOptions', {
  ...typeMeta,
  container: str('Container string', 1).optional(),
  follow: bool('Follow bool', 2).optional(),
  previous: bool('Previous bool', 3).optional(),
  sinceSeconds: int64('SinceSeconds *int64', 4).optional(),
  sinceTime: timePointer('SinceTime *apis/meta/v1.Time', 5).optional(),
  timestamps: bool('Timestamps bool', 6).optional(),
  tailLines: int64('TailLines *int64', 7).optional(),
  limitBytes: int64('LimitBytes *int64', 8).optional(),
  insecureSkipTLSVerifyBackend: bool('InsecureSkipTLSVerifyBackend bool', 9).optional(),
  stream: str('Stream *string', 10).optional(),
});
export type PodLogOptions = z.output<typeof PodLogOptions>;

export const PodPortForwardOptions = struct('core/v1.PodPortForwardOptions', {
  ...typeMeta,
  ports: list(int32(), 'Ports []int32', 1).optional(),
});
export type PodPortForwardOptions = z.output<typeof PodPortForwardOptions>;

export const PodProxyOptions = struct('core/v1.PodProxyOptions', {
  ...typeMeta,
  path: str('Path string', 1).optional(),
});
export type PodProxyOptions = z.output<typeof PodProxyOptions>;

export const PodStatusResult = struct('core/v1.PodStatusResult', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  status: sub(PodStatus, 'Status core/v1.PodStatus', 2, { omitempty: true }),
});
export type PodStatusResult = z.output<typeof PodStatusResult>;

export const RangeAllocation = struct('core/v1.RangeAllocation', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  range: str('Range string', 2),
  data: bytes('Data []uint8', 3),
});
export type RangeAllocation = z.output<typeof RangeAllocation>;

export const SerializedReference = struct('core/v1.SerializedReference', {
  ...typeMeta,
  reference: sub(ObjectReference, 'Reference core/v1.ObjectReference', 1, { omitempty: true }),
});
export type SerializedReference = z.output<typeof SerializedReference>;

export const ServiceProxyOptions = struct('core/v1.ServiceProxyOptions', {
  ...typeMeta,
  path: str('Path string', 1).optional(),
});
export type ServiceProxyOptions = z.output<typeof ServiceProxyOptions>;
