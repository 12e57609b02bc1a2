/** The kinds of apiregistration.k8s.io. */
import type { Kind } from '../kind.js';
import { APIService } from './apiservice.js';

export const kinds: readonly Kind[] = [APIService];
