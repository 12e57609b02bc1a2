/** The kinds of discovery.k8s.io. */
import type { Kind } from '../kind.js';
import { EndpointSlice } from './endpointslice.js';

export const kinds: readonly Kind[] = [EndpointSlice];
