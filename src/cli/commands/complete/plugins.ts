/**
 * Plugins as completion knows them: kubectl-NAME on PATH is a command NAME, and
 * kubectl_complete-NAME, where there is one, says what may follow it.
 */
import type { Host } from '../../host.js';
import { PLUGIN_PREFIX } from '../plugin.js';
import type { Answer } from './words.js';

const wordOf = (segment: string): string => segment.replaceAll('_', '-');

/** Names of commands, with what is said of them. */
export function pluginWords(host: Host): Record<string, string> {
  const names = filesOn(host)
    .filter((name) => name.startsWith(PLUGIN_PREFIX))
    .map((name) => wordOf(name.split('-')[1]!));
  return Object.fromEntries(names.map((name) => [name, `The command ${name} is a plugin installed by the user`]));
}

export const isPlugin = (host: Host, name: string): boolean => pluginWords(host)[name] !== undefined;

/** What the plugin's own program says; without one the shell offers files. */
export async function pluginArguments(host: Host, args: readonly string[]): Promise<Answer> {
  const nothing: Answer = { words: [], directive: 0 };
  const program = `kubectl_complete-${args[0]!.replaceAll('-', '_')}`;
  if (!filesOn(host).includes(program)) return nothing;
  const { code, stdout } = await host.spawn(program, args.slice(1), { stdout: 'collect' });
  if (code !== 0) return nothing;
  const lines = Buffer.from(stdout)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
  const directive = /^:(\d+)$/.exec(lines.at(-1) ?? '')?.[1];
  return directive === undefined ? { words: lines, directive: 0 } : { words: lines.slice(0, -1), directive: Number(directive) };
}

function filesOn(host: Host): string[] {
  return (host.env.PATH ?? '')
    .split(':')
    .filter((folder) => folder !== '')
    .flatMap((folder) => namesIn(folder, host));
}

function namesIn(folder: string, host: Host): string[] {
  try {
    return host.listFolder(folder) ?? [];
  } catch (error) {
    // PATH may name folders that are not there.
    if ((error as { code?: string }).code !== undefined) return [];
    throw error;
  }
}
