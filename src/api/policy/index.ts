/** The kinds of policy. */
import type { Kind } from '../kind.js';
import { PodDisruptionBudget } from './poddisruptionbudget.js';

export const kinds: readonly Kind[] = [PodDisruptionBudget];
