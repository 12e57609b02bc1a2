/** TokenReview: the API server itself refuses one without a token, with a 400. */
import type { Strategy } from '../../kind.js';
import { TokenReview } from '../types/tokenreview.js';

export const strategy: Strategy<TokenReview> = { schema: TokenReview, generation: false };
