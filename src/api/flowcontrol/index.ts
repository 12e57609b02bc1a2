/** The kinds of flowcontrol.apiserver.k8s.io. */
import type { Kind } from '../kind.js';
import { FlowSchema } from './flowschema.js';
import { PriorityLevelConfiguration } from './prioritylevelconfiguration.js';

export const kinds: readonly Kind[] = [FlowSchema, PriorityLevelConfiguration];
