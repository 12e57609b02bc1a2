/** The kinds of coordination.k8s.io. */
import type { Kind } from '../kind.js';
import { Lease } from './lease.js';

export const kinds: readonly Kind[] = [Lease];
