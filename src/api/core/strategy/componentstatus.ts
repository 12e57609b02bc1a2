/** Component statuses are read only: there is nothing to check. */
import type { Strategy } from '../../kind.js';
import { ComponentStatus } from '../types/componentstatus.js';

export const strategy: Strategy<ComponentStatus> = { schema: ComponentStatus, generation: false };
