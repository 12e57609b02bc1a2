/**
 * All built-in kinds, light descriptions only. Each group folder exports its
 * own as `kinds` from index.ts; discovery's order of groups is not kept here.
 */
import type { Kind } from './kind.js';
import { kinds as core } from './core/index.js';

export const KINDS: readonly Kind[] = [...core];
