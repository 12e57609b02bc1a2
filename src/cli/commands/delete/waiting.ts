/** Waits until deleted objects are gone, finalizers and all. */
import { CliError } from '../../command.js';
import type { Context } from '../../context.js';
import { infoPath, plainName } from '../../infos.js';
import type { Info } from '../../manifests.js';
import { watchUntil } from '../../watching.js';

/** As kubectl: a week stands for ever. */
const FOREVER_MS = 168 * 3_600_000;

/** Resolves when no object of that name and uid is left; throws what kubectl says when it takes too long. */
export async function waitGone(context: Context, info: Info, uid: string | undefined, deadlineMs: number): Promise<void> {
  const gone = await watchUntil(context, info, { deadlineMs, check: (object) => object === undefined || (uid !== undefined && object.metadata.uid !== uid) });
  if (!gone) throw new CliError(`timed out waiting for the condition on ${plainName(info)}`);
}

export const deadlineOf = (context: Context, timeoutMs: number): number => context.clock.now() + (timeoutMs === 0 ? FOREVER_MS : timeoutMs);

/** Deletes one object by the command's own flags and waits for it to be gone: for --force of apply and replace. */
export async function deleteAndWait(context: Context, info: Info): Promise<void> {
  const { CASCADE, cascadeOf } = await import('./cascade.js');
  const { flags } = context;
  const grace = flags.int('grace-period') >= 0 ? flags.int('grace-period') : flags.bool('force') ? 0 : -1;
  const body = { kind: 'DeleteOptions', apiVersion: 'v1', ...(grace < 0 ? {} : { gracePeriodSeconds: grace }), propagationPolicy: CASCADE[cascadeOf(context)] };
  await (await context.rest()).object('DELETE', infoPath(info), { body });
  await waitGone(context, info, info.object?.metadata?.uid, deadlineOf(context, flags.duration('timeout')));
}
