/** The kinds of authentication.k8s.io. */
import type { Kind } from '../kind.js';
import { SelfSubjectReview } from './selfsubjectreview.js';
import { TokenReview } from './tokenreview.js';

export const kinds: readonly Kind[] = [SelfSubjectReview, TokenReview];
