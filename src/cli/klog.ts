/**
 * Lines as klog writes them to standard error: a letter for how bad it is, the
 * time, a process id, the place in kubectl's source that speaks, the message.
 * Which places speak is part of what scripts look for, so they are named.
 */
import type { Context } from './context.js';

type Severity = 'I' | 'W' | 'E';

/** `at`: "prune.go:71". With the line end. */
export function klogLine({ clock }: Pick<Context, 'clock'>, severity: Severity, at: string, text: string): string {
  return `${severity}${stamp(clock.now())} ${PROCESS} ${at}] ${text}\n`;
}

/** klog gives a process id seven places; this program's own says nothing to anybody. */
const PROCESS = '1'.padStart(7);

/** "1122 01:49:21.123000", in the user's own time zone. */
function stamp(nowMs: number): string {
  const now = new Date(nowMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  const micros = String(now.getMilliseconds()).padStart(3, '0').padEnd(6, '0');
  return `${two(now.getMonth() + 1)}${two(now.getDate())} ${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}.${micros}`;
}
