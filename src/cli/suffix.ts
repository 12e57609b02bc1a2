/** Five letters behind a name, as Kubernetes makes names of its own: none that could spell a word. */
import { createHash } from 'node:crypto';
import type { Context } from './context.js';

const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';
const LENGTH = 5;

/** Another one for another `seed` and at another time. */
export function nameSuffix({ clock }: Context, seed: string): string {
  const bytes = createHash('sha256').update(`${clock.now()} ${seed}`).digest();
  return Array.from({ length: LENGTH }, (_, at) => LETTERS[bytes[at]! % LETTERS.length]).join('');
}
