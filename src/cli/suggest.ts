/**
 * What was probably meant by a mistyped flag, type or name. Asked for on a
 * terminal alone, where somebody reads it: kubectl's own message stays as it
 * is and stands before it. Where nothing can be found out, nothing is said.
 */
import { isStatusError } from '../apimachinery/status.js';
import { CliError, type Command } from './command.js';
import { COMMANDS } from './commands.js';
import type { Context } from './context.js';
import { pathOf } from './discovery.js';
import { FlagError } from './flags.js';
import { GLOBAL_FLAGS } from './globalflags.js';
import { nearTo } from './unknown.js';

/** A line, or ''. `path`: the command's words. */
export async function suggestion(error: unknown, path: readonly string[], context: Context | undefined): Promise<string> {
  try {
    const near = await candidates(error, path, context);
    return near.length === 0 ? '' : `Did you mean ${near.slice(0, SHOWN_MAX).join(' or ')}?\n`;
  } catch (problem) {
    if (!(problem instanceof Error)) throw problem;
    // The error itself is what matters; that no help was found is no news.
    return '';
  }
}

const SHOWN_MAX = 3;
/** Among how many objects a name is looked for. */
const LOOKED_AT_MAX = 500;

async function candidates(error: unknown, path: readonly string[], context: Context | undefined): Promise<readonly string[]> {
  if (error instanceof FlagError) return flagsNear(error.message, path);
  if (context === undefined) return [];
  if (error instanceof CliError) return typesNear(error.message, context);
  if (isStatusError(error) && error.status.reason === 'NotFound') return namesNear(error.status.details ?? {}, context);
  return [];
}

async function flagsNear(message: string, path: readonly string[]): Promise<readonly string[]> {
  const [, flag] = /^unknown flag: --(.+)$/.exec(message) ?? [];
  if (flag === undefined) return [];
  let command: Command | undefined = await COMMANDS[path[0] ?? '']?.();
  for (const word of path.slice(1)) command = await command?.subcommands?.[word]?.();
  const known = [...GLOBAL_FLAGS, ...(command?.flags ?? [])].filter(({ hidden }) => !hidden).map(({ name }) => name);
  return nearTo(flag, known).map((name) => `--${name}`);
}

async function typesNear(message: string, context: Context): Promise<readonly string[]> {
  const [, type] = /the server doesn't have a resource type "([^"]+)"$/.exec(message) ?? [];
  if (type === undefined) return [];
  const resources = await (await context.discovery()).resources();
  return nearTo(
    type,
    [...new Set(resources.flatMap(({ name, singular }) => [name, singular]))].filter((name) => name !== ''),
  );
}

async function namesNear({ name, kind, group = '' }: { name?: string; kind?: string; group?: string }, context: Context): Promise<readonly string[]> {
  const resource = (await (await context.discovery()).resources()).find((one) => one.name === kind && one.group === group);
  if (name === undefined || name === '' || resource === undefined) return [];
  const path = pathOf(resource, { namespace: resource.namespaced ? await context.namespace() : undefined });
  const { items }: any = await (await context.rest()).object('GET', path, { query: { limit: String(LOOKED_AT_MAX) } });
  return nearTo(
    name,
    items.map(({ metadata }: any) => metadata.name as string),
  );
}
