/**
 * What exactly is wrong with an expression that does not follow the grammar.
 */
import type { Token } from './lex.js';
import type { CelIssue } from './source.js';

export function syntaxIssues(_text: string, _tokens: readonly Token[]): CelIssue[] {
  return [];
}
