/** What a part of the control plane says, in its own container's log where it has one, as klog writes it; problems also in cluster.log. */
import { formatMicroTime } from '../apimachinery/time.js';
import type { Clock } from '../platform/clock.js';
import type { Log } from '../platform/component.js';
import type { Program } from './live.js';

export interface ProgramLogs {
  /** Where a program's lines go from now on; undefined: nowhere. */
  attach(program: Program, write: ((line: string) => void) | undefined): void;
  of(program: Program): Log;
}

export function createProgramLogs(clock: Clock, whole: Log): ProgramLogs {
  const sinks = new Map<Program, (line: string) => void>();
  return {
    attach(program, write) {
      if (write === undefined) sinks.delete(program);
      else sinks.set(program, write);
    },
    of(program) {
      const say = (level: string, line: string): void => sinks.get(program)?.(klogLine(level, line, program, clock.now()));
      return {
        info: (line) => say('I', line),
        warning(line) {
          say('W', line);
          whole.warning(`${program}: ${line}`);
        },
        error(line) {
          say('E', line);
          whole.error(`${program}: ${line}`);
        },
      };
    },
  };
}

/** "I0102 15:04:05.000000       1 kube-scheduler] …" */
export function klogLine(level: string, line: string, file: string, nowMs: number): string {
  const text = formatMicroTime(nowMs);
  return `${level}${text.slice(5, 7)}${text.slice(8, 10)} ${text.slice(11, 26)}       1 ${file}] ${line}`;
}
