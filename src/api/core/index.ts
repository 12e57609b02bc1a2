/** The kinds of core/v1. */
import type { Kind } from '../kind.js';

export const kinds: readonly Kind[] = [];
