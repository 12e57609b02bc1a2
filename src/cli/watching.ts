/**
 * Waiting for one object to be as it should be: what is there now, then every
 * change, until the condition holds, the time is up or the user ends it. A
 * watch that breaks is begun again from the last version seen.
 */
import { isGone, isNotFound, StatusError } from '../apimachinery/status.js';
import type { Status } from '../apimachinery/meta/status.js';
import { Exit, INTERRUPTED } from './command.js';
import type { Context } from './context.js';
import { infoPath } from './infos.js';
import { pathOf } from './discovery.js';
import type { Info } from './manifests.js';

export interface Until {
  /** Milliseconds since the epoch; undefined: for ever. */
  deadlineMs?: number | undefined;
  /** True ends the wait; undefined stands for an object that is not there. Throws to end it with an error. */
  check(object: any): boolean;
}

/** Resolves to whether the condition came true in time. */
export async function watchUntil(context: Context, info: Info, until: Until): Promise<boolean> {
  const rest = await context.rest();
  for (;;) {
    const object: any = await rest.object('GET', infoPath(info)).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
    if (until.check(object)) return true;
    if (until.deadlineMs !== undefined && context.clock.now() >= until.deadlineMs) return false;
    const outcome = await follow(context, info, object?.metadata?.resourceVersion, until);
    if (outcome !== 'again') return outcome === 'met';
  }
}

type Outcome = 'met' | 'late' | 'again';

async function follow(context: Context, info: Info, version: string | undefined, { check, deadlineMs }: Until): Promise<Outcome> {
  const rest = await context.rest();
  const query = { watch: 'true', fieldSelector: `metadata.name=${info.name}`, ...(version === undefined ? {} : { resourceVersion: version }) };
  const answer = await rest.send('GET', pathOf(info.resource!, { namespace: info.namespace }), { query });
  if (answer.type !== 'watch') throw new Error('the server answered a watch with something else');
  const { events } = answer;
  const ends: (() => void)[] = [];
  try {
    return await new Promise<Outcome>((resolve, reject) => {
      if (deadlineMs !== undefined) ends.push(context.clock.after(Math.max(0, deadlineMs - context.clock.now()), () => resolve('late')));
      ends.push(context.terminal.onInterrupt(() => reject(new Exit(INTERRUPTED))));
      events.start(
        ({ type, object }) => {
          try {
            if (type === 'ERROR') {
              const error = new StatusError(object as unknown as Status);
              if (isGone(error)) return resolve('again');
              return reject(error);
            }
            if (type === 'BOOKMARK') return;
            if (check(type === 'DELETED' ? undefined : object)) resolve('met');
          } catch (error) {
            reject(error);
          }
        },
        () => resolve('again'),
      );
    });
  } finally {
    events.stop();
    for (const end of ends) end();
  }
}
