/** The kinds of scheduling.k8s.io. */
import type { Kind } from '../kind.js';
import { PriorityClass } from './priorityclass.js';

export const kinds: readonly Kind[] = [PriorityClass];
