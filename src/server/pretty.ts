/**
 * Whether JSON is to be laid out for a person: as kube-apiserver decides it,
 * by ?pretty, by `;pretty=1` of Accept, and else for the programs that people
 * type into. Watches are never laid out.
 */
import type { IncomingMessage } from 'node:http';

/** What Go's strconv.ParseBool takes for true. */
const TRUE = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const PEOPLE = ['curl', 'Wget', 'Mozilla/5.0'];

export function wantsPretty({ url = '', headers }: IncomingMessage): boolean {
  if (/;\s*pretty=1\s*(?:[;,]|$)/.test(String(headers.accept ?? ''))) return true;
  const at = url.indexOf('?');
  const asked = at < 0 || !url.includes('pretty', at) ? '' : (new URLSearchParams(url.slice(at + 1)).get('pretty') ?? '');
  if (asked !== '') return TRUE.has(asked);
  const agent = headers['user-agent'] ?? '';
  return PEOPLE.some((program) => agent.startsWith(program));
}
