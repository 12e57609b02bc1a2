/** configMapGenerator and secretGenerator: objects made of literals, files and env files. */
import { isUtf8 } from 'node:buffer';
import { configMapKey } from '../../apimachinery/names.js';
import { CliError } from '../command.js';
import { envLines } from '../commands/create/sources.js';
import type { Folder } from './folder.js';
import type { DataGenerator, GeneratorOptions } from './kustomization.js';
import { itemOf, type Item } from './resources.js';

const BEHAVIORS = ['create', 'replace', 'merge'];
/** Longer values of secrets and binary data are broken into lines. */
const BASE64_LINE = 70;

export function generate(kind: 'ConfigMap' | 'Secret', args: DataGenerator, common: GeneratorOptions | undefined, folder: Folder): Item {
  if (!args.name) throw new CliError('configmap must have name'.replace('configmap', kind === 'Secret' ? 'secret' : 'configmap'));
  const options = merged(common, args.options);
  const data: Record<string, string> = {};
  const binaryData: Record<string, string> = {};
  for (const [key, bytes] of sources(args, folder)) {
    if (kind === 'Secret') data[key] = base64(bytes);
    else if (isUtf8(bytes)) data[key] = bytes.toString('utf8');
    else binaryData[key] = base64(bytes);
  }
  const object = {
    apiVersion: 'v1',
    kind,
    metadata: {
      name: args.name,
      ...(args.namespace ? { namespace: args.namespace } : {}),
      ...some('labels', options.labels),
      ...some('annotations', options.annotations),
    },
    ...some('data', data),
    ...some('binaryData', binaryData),
    ...(kind === 'Secret' ? { type: args.type || 'Opaque' } : {}),
    ...(options.immutable ? { immutable: true } : {}),
  };
  if (args.behavior && !BEHAVIORS.includes(args.behavior)) return { ...itemOf(object), needsHash: options.disableNameSuffixHash !== true };
  return { ...itemOf(object), needsHash: options.disableNameSuffixHash !== true, ...(args.behavior ? { behavior: args.behavior } : {}) };
}

const some = (name: string, map: Record<string, string> | undefined): object => (map === undefined || Object.keys(map).length === 0 ? {} : { [name]: map });

/** The generator's own options win over those of all. */
function merged(common: GeneratorOptions = {}, own: GeneratorOptions = {}): GeneratorOptions {
  return {
    labels: { ...common.labels, ...own.labels },
    annotations: { ...common.annotations, ...own.annotations },
    disableNameSuffixHash: common.disableNameSuffixHash === true || own.disableNameSuffixHash === true,
    immutable: common.immutable === true || own.immutable === true,
  };
}

function sources(args: DataGenerator, folder: Folder): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  const add = (key: string, value: Buffer): void => {
    const problems = configMapKey(key);
    if (problems.length > 0) throw new CliError(`${JSON.stringify(key)} is not a valid key name: ${problems.join(';')}`);
    if (found.has(key)) throw new CliError(`configmap ${args.name} illegally repeats the key \`${key}\``);
    found.set(key, value);
  };
  for (const path of [...(args.envs ?? []), ...(args.env ? [args.env] : [])]) {
    for (const [key, value] of envLines(folder.read(path).toString('utf8'), folder.place.host.env)) add(key, Buffer.from(value));
  }
  for (const source of args.files ?? []) {
    const { key, path } = fileSource(source);
    add(key, folder.read(path));
  }
  for (const literal of args.literals ?? []) {
    const text = String(literal);
    const at = text.indexOf('=');
    if (at <= 0) throw new CliError(`literal values: literal source ${text} is invalid, expected key=value`.replace('literal values: ', ''));
    add(text.slice(0, at), Buffer.from(unquoted(text.slice(at + 1))));
  }
  return found;
}

function fileSource(source: string): { key: string; path: string } {
  const parts = source.split('=');
  if (parts.length > 2) throw new CliError("key names or file paths cannot contain '='");
  const [key, path] = parts.length === 1 ? [source.split('/').at(-1)!, source] : (parts as [string, string]);
  if (key === '') throw new CliError(`key name for file path ${path} missing`);
  if (path === '') throw new CliError(`file path for key name ${key} missing`);
  return { key, path };
}

/** A value in quotes is what they hold. */
const unquoted = (value: string): string =>
  value.length >= 2 && (value[0] === '"' || value[0] === "'") && value.at(-1) === value[0] ? value.slice(1, -1) : value;

function base64(bytes: Buffer): string {
  const whole = bytes.toString('base64');
  return whole.length < BASE64_LINE ? whole : whole.replace(new RegExp(`.{1,${BASE64_LINE}}`, 'g'), '$&\n');
}
