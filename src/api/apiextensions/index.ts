/** The kinds of apiextensions.k8s.io. */
import type { Kind } from '../kind.js';
import { CustomResourceDefinition } from './customresourcedefinition.js';

export const kinds: readonly Kind[] = [CustomResourceDefinition];
