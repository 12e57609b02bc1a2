/** Structs of apis/meta/v1: Status, StatusDetails, StatusCause. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { int32, list, str, struct, sub, typeMeta } from '../schema.js';
import { ListMeta } from './meta.js';

export const StatusCause = struct('apis/meta/v1.StatusCause', {
  reason: str('Type v1.CauseType=string', 1).optional(),
  message: str('Message string', 2).optional(),
  field: str('Field string', 3).optional(),
});
export type StatusCause = z.output<typeof StatusCause>;

export const StatusDetails = struct('apis/meta/v1.StatusDetails', {
  name: str('Name string', 1).optional(),
  group: str('Group string', 2).optional(),
  kind: str('Kind string', 3).optional(),
  uid: str('UID types.UID=string', 6).optional(),
  causes: list(StatusCause, 'Causes []apis/meta/v1.StatusCause', 4, { listType: 'atomic' }).optional(),
  retryAfterSeconds: int32('RetryAfterSeconds int32', 5).optional(),
});
export type StatusDetails = z.output<typeof StatusDetails>;

export const Status = struct('apis/meta/v1.Status', {
  ...typeMeta,
  metadata: sub(ListMeta, 'ListMeta apis/meta/v1.ListMeta', 1, { omitempty: true }),
  status: str('Status string', 2).optional(),
  message: str('Message string', 3).optional(),
  reason: str('Reason v1.StatusReason=string', 4).optional(),
  details: sub(StatusDetails, 'Details *apis/meta/v1.StatusDetails', 5).optional(),
  code: int32('Code int32', 6).optional(),
});
export type Status = z.output<typeof Status>;
