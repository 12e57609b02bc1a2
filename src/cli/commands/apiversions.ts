/** api-versions: every group and version of the server, in order. */
import { CliError, UsageError, type Command } from '../command.js';
import { getError, isUnreached } from '../unreached.js';
import type { Context } from '../context.js';

export const apiVersions: Command = {
  name: 'api-versions',
  summary: 'Print the supported API versions on the server, in the form of "group/version"',
  usage: '[options]',
  examples: [{ does: 'Print the supported API versions', command: 'api-versions' }],
  run,
};

async function run(context: Context): Promise<void> {
  if (context.args.length > 0) throw new UsageError(`unexpected arguments: [${context.args.join(' ')}]`);
  const rest = await context.rest();
  const ask = (path: string): Promise<any> =>
    rest.object('GET', path).catch(async (error: unknown) => {
      throw isUnreached(error)
        ? new CliError(`couldn't get available api versions from server: ${await getError(context, `${path}?timeout=32s`, error)}`)
        : error;
    });
  const [core, groups] = [await ask('/api'), await ask('/apis')];
  const versions: string[] = [...core.versions, ...groups.groups.flatMap((group: any) => group.versions.map(({ groupVersion }: any) => groupVersion))];
  context.out(
    [...new Set(versions)]
      .sort()
      .map((version) => `${version}\n`)
      .join(''),
  );
}
