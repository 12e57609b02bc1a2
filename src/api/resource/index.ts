/** The kinds of resource.k8s.io. */
import type { Kind } from '../kind.js';
import { DeviceClass } from './deviceclass.js';
import { ResourceClaim } from './resourceclaim.js';
import { ResourceClaimTemplate } from './resourceclaimtemplate.js';
import { ResourceSlice } from './resourceslice.js';

export const kinds: readonly Kind[] = [DeviceClass, ResourceClaim, ResourceClaimTemplate, ResourceSlice];
