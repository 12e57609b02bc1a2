/** Joins the container that debugs once it runs; of one that is over already, shows what it said. */
import { CliError, Exit } from '../../command.js';
import type { Context } from '../../context.js';
import { infoPath } from '../../infos.js';
import type { Info } from '../../manifests.js';
import { watchUntil } from '../../watching.js';
import { attachTo } from '../attach.js';

/** The pod, and the container in it that debugs; '' where there is none. */
export interface Debugging {
  pod: any;
  container: string;
}

export async function follow(context: Context, { pod, container }: Debugging): Promise<void> {
  const resource = (await (await context.discovery()).findKind('v1', 'Pod'))!;
  const info: Info = { resource, namespace: pod.metadata.namespace, name: pod.metadata.name, object: pod, source: '' };
  const { last, state } = await started(context, info, container);
  if (state.terminated !== undefined) return showLog(context, info, container);
  try {
    await attachTo(context, last, container);
  } catch (error) {
    if (error instanceof Exit) throw error;
    context.err(`warning: couldn't attach to pod/${info.name}, falling back to streaming logs: ${(error as Error).message}\n`);
    await showLog(context, info, container);
  }
}

async function started(context: Context, info: Info, container: string): Promise<{ last: any; state: any }> {
  let found: { last: any; state: any } | undefined;
  await watchUntil(context, info, {
    check(object) {
      if (object === undefined) throw new CliError('Error from server (NotFound): pods "" not found');
      const state = stateOf(object, container);
      if (state?.running !== undefined || state?.terminated !== undefined) {
        found = { last: object, state };
        return true;
      }
      const message = state?.waiting?.message;
      if (message && !context.flags.bool('quiet')) context.err(`Warning: container ${container}: ${message}\n`);
      return false;
    },
  });
  if (found === undefined) throw new Exit(1);
  return found;
}

function stateOf({ status = {} }: any, container: string): any {
  const all = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? []), ...(status.ephemeralContainerStatuses ?? [])];
  return all.find(({ name }: any) => name === container)?.state;
}

async function showLog(context: Context, info: Info, container: string): Promise<void> {
  const answer = await (await context.rest()).send('GET', infoPath(info, 'log'), { query: { container } });
  if (answer.type === 'bytes') for await (const chunk of answer.chunks) context.terminal.stdout.write(chunk);
  else if (answer.type === 'text') context.terminal.stdout.write(answer.body);
}
