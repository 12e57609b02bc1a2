/** Go's regular expressions in CEL: a pattern that Go refuses is an error of the expression, in Go's words. */
import { goRegExp, regexpError } from '../goregexp.js';
import { CelError } from './values.js';

export function celRegExp(pattern: string): RegExp {
  const wrong = regexpError(pattern);
  if (wrong !== undefined) throw new CelError(wrong);
  return goRegExp(pattern);
}
