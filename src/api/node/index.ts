/** The kinds of node.k8s.io. */
import type { Kind } from '../kind.js';
import { RuntimeClass } from './runtimeclass.js';

export const kinds: readonly Kind[] = [RuntimeClass];
