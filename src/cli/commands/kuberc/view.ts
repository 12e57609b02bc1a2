/** kuberc view: the preferences as they stand in their file, or an offer to make one. */
import { toYaml } from '../../../apimachinery/yaml.js';
import { parseYaml } from '../../../apimachinery/yaml.js';
import { CliError, type Command } from '../../command.js';
import type { Context } from '../../context.js';
import { kubercPath, NEW_PREFERENCE, savePreference } from '../../kuberc/preferences.js';
import { printerFor } from '../../printers/printer.js';
import { WRITE_OUTPUT_FLAGS } from '../../writing.js';
import { printFlags, readText } from '../get.js';
import { firstLine } from '../delete.js';
import { KUBERC_FLAG } from './flag.js';

export const view: Command = {
  name: 'view',
  summary: 'Display the current kuberc configuration',
  usage: '[options]',
  examples: [{ does: 'View kuberc configuration in YAML format (default)', command: 'kuberc view' }],
  flags: [...WRITE_OUTPUT_FLAGS.map((flag) => (flag.name === 'output' ? { ...flag, default: "'yaml'" } : flag)), KUBERC_FLAG],
  run,
};

async function run(context: Context): Promise<void> {
  const { host, flags } = context;
  const place = kubercPath(host, flags.string('kuberc'));
  if (place === undefined) throw new CliError('KUBERC is disabled via KUBERC=off environment variable');
  let text: string;
  try {
    text = host.readFile(place.path).toString('utf8');
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw new CliError(`error reading kuberc file: ${(error as Error).message}`);
    if (place.explicit) throw new CliError(`kuberc file not found at ${place.path}`);
    return offer(context, place.path);
  }
  const preference = { aliases: [], defaults: [], ...parsed(text) };
  const form = flags.string('output');
  if (form === 'yaml') context.out(toYaml(preference));
  else context.out((await printerFor(printFlags(context), (path) => readText(context, path)))(preference));
}

function parsed(text: string): Record<string, unknown> {
  try {
    return Object.fromEntries(Object.entries((parseYaml(text) ?? {}) as object).filter(([, value]) => value !== null));
  } catch (error) {
    throw new CliError(`error parsing kuberc file: error converting YAML to JSON: ${(error as Error).message}`);
  }
}

async function offer(context: Context, path: string): Promise<void> {
  context.out(`kuberc file not found at ${path}\nWould you like to generate a default kuberc file with recommended options? (y/N): `);
  if ((await firstLine(context)).trim().toLowerCase() !== 'y') return;
  const defaults = [
    { command: 'apply', options: [{ default: 'true', name: 'server-side' }] },
    { command: 'delete', options: [{ default: 'true', name: 'interactive' }] },
  ];
  context.out(savePreference(context.host, path, { ...NEW_PREFERENCE, defaults }));
}
