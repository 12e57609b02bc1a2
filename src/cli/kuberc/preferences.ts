/**
 * The file of preferences, ~/.kube/kuberc: aliases of commands, defaults of
 * flags, and which credential plugins may run. Which file it is, what is in it,
 * and whether that makes sense.
 */
import { parseYamlDocuments } from '../../apimachinery/yamlread.js';
import { toYaml } from '../../apimachinery/yaml.js';
import { CliError } from '../command.js';
import type { Host } from '../host.js';

export interface Option {
  name: string;
  default: string;
}

export interface Alias {
  name: string;
  command: string;
  prependArgs?: string[];
  appendArgs?: string[];
  options?: Option[];
}

export interface Preference {
  apiVersion: string;
  kind: string;
  aliases?: Alias[] | null;
  defaults?: { command: string; options?: Option[] }[] | null;
  credentialPluginPolicy?: string;
  credentialPluginAllowlist?: { command: string }[];
}

const GROUP = 'kubectl.config.k8s.io';
export const NEW_PREFERENCE = { apiVersion: `${GROUP}/v1beta1`, kind: 'Preference' };

/** The file; undefined where preferences are switched off. `explicit`: the user named it. */
export function kubercPath(host: Host, flag: string): { path: string; explicit: boolean } | undefined {
  const { KUBERC = '', HOME = '' } = host.env;
  if (KUBERC === 'off') {
    if (flag !== '') throw new CliError('disabling kuberc via KUBERC=off and passing kuberc flag are mutually exclusive');
    return undefined;
  }
  if (flag !== '') return { path: flag, explicit: true };
  return KUBERC === '' ? { path: `${HOME}/.kube/kuberc`, explicit: false } : { path: KUBERC, explicit: true };
}

/** The first document that is a Preference; undefined for an empty file. Throws where there are only others. */
export function parsePreference(text: string, path: string): Preference | undefined {
  const documents = documentsOf(text);
  const found: any = documents?.find(
    (one: any) => one?.kind === 'Preference' && [`${GROUP}/v1beta1`, `${GROUP}/v1alpha1`].includes(one.apiVersion) && isDecodable(one),
  );
  if (found !== undefined) return found.overrides === undefined ? found : { ...found, defaults: found.overrides };
  if (documents === undefined || documents.length > 0) throw new CliError(`no valid preferences found in ${path}, use --v=5 to see details`);
  return undefined;
}

/** undefined: no YAML. */
function documentsOf(text: string): unknown[] | undefined {
  try {
    return parseYamlDocuments(text).filter((one) => one !== null && one !== undefined);
  } catch {
    // What is wrong kubectl tells in its own log alone.
    return undefined;
  }
}

const isDecodable = ({ aliases, defaults, overrides }: any): boolean =>
  [...(aliases ?? []), ...(defaults ?? []), ...(overrides ?? [])].every((one: any) =>
    [
      one.name,
      one.command,
      ...(one.prependArgs ?? []),
      ...(one.appendArgs ?? []),
      ...(one.options ?? []).flatMap((option: any) => [option.name, option.default]),
    ].every((part) => part === undefined || typeof part === 'string'),
  );

/** Throws for what no command could be made from. */
export function validatePreference({ aliases, defaults, credentialPluginPolicy, credentialPluginAllowlist }: Preference): void {
  const names = new Set<string>();
  for (const { name, options } of aliases ?? []) {
    if (!/^[a-zA-Z]+$/.test(name ?? '')) throw new CliError('invalid alias name, can only include alphabetical characters');
    checkOptions(options);
    if (names.has(name)) throw new CliError(`duplicate alias name ${name}`);
    names.add(name);
  }
  for (const { options } of defaults ?? []) checkOptions(options);
  checkPolicy(credentialPluginPolicy, credentialPluginAllowlist);
}

function checkPolicy(policy: string | undefined, list: Preference['credentialPluginAllowlist']): void {
  if (policy === 'Allowlist') {
    if (list === undefined) throw new CliError('credential plugin policy set to "Allowlist", but allowlist is unspecified');
    if (list.length === 0) throw new CliError('credential plugin policy set to "Allowlist", but allowlist is empty; use "DenyAll" policy instead');
    const empty = list.findIndex(({ command }) => !command);
    if (empty >= 0) throw new CliError(`misconfigured credential plugin allowlist: empty allowlist entry #${empty + 1}`);
    return;
  }
  if (policy !== undefined && policy !== '' && policy !== 'AllowAll' && policy !== 'DenyAll')
    throw new CliError(`unknown plugin policy: ${JSON.stringify(policy)}`);
  if (list !== undefined)
    throw new CliError(`misconfigured credential plugin allowlist: plugin policy is ${JSON.stringify(policy ?? '')} but allowlist is non-nil`);
}

function checkOptions(options: readonly Option[] = []): void {
  const wrong = options.find(({ name }) => name.startsWith('-'));
  if (wrong !== undefined) throw new CliError(`flag name ${wrong.name} should be in long form without dashes`);
}

/** Writes the file, with the folder it is in. */
export function savePreference(host: Host, path: string, { apiVersion, kind, ...rest }: Preference): string {
  const slash = path.lastIndexOf('/');
  if (slash > 0) host.makeFolder(path.slice(0, slash));
  const complete = { aliases: rest.aliases ?? null, apiVersion, ...rest, defaults: rest.defaults ?? null, kind };
  host.writeFile(path, toYaml(complete), { mode: 0o644 });
  return `Updated ${path}\n`;
}
