/**
 * set env --list --resolve: what a variable that refers to something holds, as
 * kubectl reads it: keys of config maps and secrets, fields of the object
 * itself, amounts of its container. Throws CliError in kubectl's words.
 */
import { parseQuantity } from '../../../apimachinery/quantity.js';
import { qualifiedName } from '../../../apimachinery/names.js';
import { CliError } from '../../command.js';
import type { Context } from '../../context.js';
import { pathOf } from '../../discovery.js';
import type { Info } from '../../manifests.js';
import { core } from '../create/generate.js';

export async function valueOf(context: Context, { info, container, valueFrom }: { info: Info; container: any; valueFrom: any }): Promise<string> {
  const { secretKeyRef, configMapKeyRef, fieldRef, resourceFieldRef } = valueFrom;
  if (secretKeyRef !== undefined) return Buffer.from(await dataOf(context, 'secrets', secretKeyRef), 'base64').toString('utf8');
  if (configMapKeyRef !== undefined) return dataOf(context, 'configmaps', configMapKeyRef);
  if (fieldRef !== undefined) return fieldOf(info.object, fieldRef.fieldPath);
  if (resourceFieldRef !== undefined) return amountOf(container, resourceFieldRef);
  throw new CliError('invalid valueFrom');
}

async function dataOf(context: Context, type: 'secrets' | 'configmaps', { name, key }: { name: string; key: string }): Promise<string> {
  const object: any = await (await context.rest()).object('GET', pathOf(core(type), { namespace: await context.namespace(), name }));
  const value = object.data?.[key];
  if (value === undefined) throw new CliError(`key ${key} not found in ${type === 'secrets' ? 'secret' : 'config map'} ${name}`);
  return value;
}

function fieldOf({ metadata }: any, path: string): string {
  const [, map, key] = /^(.+?)\['(.*)'\]$/.exec(path) ?? [];
  if (map !== undefined) return subscripted(metadata, { path, map, key: key! });
  if (path === 'metadata.annotations' || path === 'metadata.labels') return mapText(metadata[path.slice('metadata.'.length)]);
  if (['metadata.name', 'metadata.namespace', 'metadata.uid'].includes(path)) return metadata[path.slice('metadata.'.length)] ?? '';
  throw new CliError(`unsupported fieldPath: ${path}`);
}

function subscripted(metadata: any, { path, map, key }: { path: string; map: string; key: string }): string {
  if (map !== 'metadata.annotations' && map !== 'metadata.labels') throw new CliError(`fieldPath ${JSON.stringify(path)} does not support subscript`);
  const problems = qualifiedName(map === 'metadata.annotations' ? key.toLowerCase() : key);
  if (problems.length > 0) throw new CliError(`invalid key subscript in ${path}: ${problems.join(';')}`);
  return metadata[map.slice('metadata.'.length)]?.[key] ?? '';
}

const mapText = (map: Record<string, string> = {}): string =>
  Object.keys(map)
    .sort()
    .map((key) => `${key}=${JSON.stringify(map[key])}`)
    .join('\n');

const KNOWN = /^(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.*)$/;

/** Rounded up to whole divisors; what the container does not state is none. */
function amountOf(container: any, { resource, divisor }: { resource: string; divisor?: string }): string {
  const [, side, name] = KNOWN.exec(resource) ?? [];
  if (side === undefined) throw new CliError(`Unsupported container resource : ${resource}`);
  const given = parseQuantity(divisor ?? '0');
  const unit = given.isZero() ? parseQuantity('1') : given;
  const amount = parseQuantity(container.resources?.[side]?.[name!] ?? '0');
  const [whole, part] = name === 'cpu' ? [amount.milliValue(), unit.milliValue()] : [amount.value(), unit.value()];
  return String((whole + part - 1n) / part);
}
