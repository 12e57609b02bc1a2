/** A part that runs while its program of the control plane is live, whatever switches that: flags, or a static pod's container. */
import type { Program } from './live.js';
import type { Machinery, Part } from './running.js';

/** `resumed`: it was live when the last process ended, which saved what it had to do; otherwise it looks at everything anew. */
export interface Run {
  saved(): unknown;
  due(): number | undefined;
  stop(): Promise<void>;
}

export type Begin = (how: { resumed: boolean }) => Promise<Run>;

export function switched({ live, quiescence, log }: Machinery, program: Program, { begin, restore }: { begin: Begin; restore(saved: unknown): void }): Part {
  let run: Run | undefined;
  let turn: Promise<void> = Promise.resolve();
  let unlisten = (): void => {};

  /** One after the other: a program that is stopped while it starts is started first. */
  const change = (on: boolean, resumed = false): Promise<void> => {
    const done = quiescence.hold();
    turn = turn
      .then(async () => {
        if (on && run === undefined) run = await begin({ resumed });
        if (!on && run !== undefined) {
          const ending = run;
          run = undefined;
          await ending.stop();
        }
      })
      .catch((error: Error) => log.error(`${program}: ${error.message}`))
      .finally(done);
    return turn;
  };

  return {
    name: program,
    restore,
    saved: () => run?.saved(),
    due: () => run?.due(),
    async start() {
      unlisten = live.onChange((changed, on) => {
        if (changed === program) void change(on);
      });
      if (live.has(program)) await change(true, true);
    },
    async stop() {
      unlisten();
      await change(false);
    },
  };
}
