/** The kinds of events.k8s.io. */
import type { Kind } from '../kind.js';
import { Event } from './event.js';

export const kinds: readonly Kind[] = [Event];
