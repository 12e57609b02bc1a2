/** Reads the preferences that there are, and the words through them. */
import { CliError, PlainError } from '../command.js';
import type { Host, PluginPolicy } from '../host.js';
import type { Preferred } from './load.js';
import { applied } from './apply.js';
import { kubercPath, parsePreference, validatePreference, type Preference } from './preferences.js';

export async function preferredWords(words: readonly string[], host: Host): Promise<Preferred> {
  try {
    const preference = load(words, host);
    if (preference === undefined) return { words };
    validatePreference(preference);
    return { words: await applied(words, preference, host), ...policyOf(preference) };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    throw new PlainError(`error occurred while applying preferences ${error.message}`);
  }
}

function policyOf({ credentialPluginPolicy, credentialPluginAllowlist }: Preference): Pick<Preferred, 'pluginPolicy'> {
  if (!credentialPluginPolicy) return {};
  return { pluginPolicy: { type: credentialPluginPolicy as PluginPolicy['type'], commands: (credentialPluginAllowlist ?? []).map(({ command }) => command) } };
}

function load(words: readonly string[], host: Host): Preference | undefined {
  const place = placeOf(words, host);
  if (place === undefined) return undefined;
  try {
    return parsePreference(host.readFile(place.path).toString('utf8'), place.path);
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    if (place.explicit) throw new CliError(`kuberc error kuberc: ${message}`);
    if (code !== 'ENOENT') host.terminal.stderr.write(`kuberc: no preferences loaded from ${place.path}: ${message}`);
    return undefined;
  }
}

function placeOf(words: readonly string[], host: Host): ReturnType<typeof kubercPath> {
  const flag = flagIn(words);
  try {
    return kubercPath(host, flag);
  } catch (error) {
    throw new CliError(`kuberc error ${(error as Error).message}`);
  }
}

/** --kuberc, before the flags are read in earnest. */
function flagIn(words: readonly string[]): string {
  const end = words.indexOf('--');
  const flags = end < 0 ? words : words.slice(0, end);
  const at = flags.findIndex((word) => word === '--kuberc' || word.startsWith('--kuberc='));
  if (at < 0) return '';
  const value = flags[at] === '--kuberc' ? flags[at + 1] : flags[at]!.slice('--kuberc='.length);
  if (value === undefined || value === '') throw new CliError('kuberc file is not found');
  return value;
}
