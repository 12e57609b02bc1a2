/**
 * The properties of a kubeconfig that `config set` and `config unset` name with
 * dots, found as kubectl finds them: along the fields of client-go's structs,
 * names of entries being free to hold dots themselves.
 */
import { CliError } from '../../command.js';

type Node =
  | { type: 'string' | 'bool' | 'bytes' | 'texts' }
  /** Pointers, and maps of what is no struct: nothing inside can be named. */
  | { type: 'closed'; shown: string }
  | { type: 'map'; items: StructNode }
  | StructNode;

interface StructNode {
  type: 'struct';
  name: string;
  fields: Readonly<Record<string, Node>>;
}

const text: Node = { type: 'string' };
const bool: Node = { type: 'bool' };
const bytes: Node = { type: 'bytes' };
const closed = (shown: string): Node => ({ type: 'closed', shown });
const struct = (name: string, fields: Record<string, Node>): StructNode => ({ type: 'struct', name: `api.${name}`, fields });

const CLUSTER = struct('Cluster', {
  server: text,
  'tls-server-name': text,
  'insecure-skip-tls-verify': bool,
  'certificate-authority': text,
  'certificate-authority-data': bytes,
  'proxy-url': text,
  'disable-compression': bool,
  extensions: closed('map[string]runtime.Object'),
});
const USER = struct('AuthInfo', {
  'client-certificate': text,
  'client-certificate-data': bytes,
  'client-key': text,
  'client-key-data': bytes,
  token: text,
  tokenFile: text,
  'act-as': text,
  'act-as-uid': text,
  'act-as-groups': { type: 'texts' },
  'act-as-user-extra': closed('map[string][]string'),
  username: text,
  password: text,
  'auth-provider': closed('*api.AuthProviderConfig'),
  exec: closed('*api.ExecConfig'),
  extensions: closed('map[string]runtime.Object'),
});
const CONTEXT = struct('Context', { cluster: text, user: text, namespace: text, extensions: closed('map[string]runtime.Object') });
const CONFIG = struct('Config', {
  kind: text,
  apiVersion: text,
  preferences: struct('Preferences', { colors: bool, extensions: closed('map[string]runtime.Object') }),
  clusters: { type: 'map', items: CLUSTER },
  users: { type: 'map', items: USER },
  contexts: { type: 'map', items: CONTEXT },
  'current-context': text,
  extensions: closed('map[string]runtime.Object'),
});

export interface Property {
  /** ["clusters", "k1", "server"]. */
  steps: readonly string[];
  node: Node;
}

/** Throws CliError for what is no property. */
export function propertyOf(path: string): Property {
  const parts = path.split('.');
  const steps: string[] = [];
  const shown: string[] = [];
  let node: Node = CONFIG;
  for (let at = 0; at < parts.length;) {
    if (node.type === 'map') {
      const { items }: { items: StructNode } = node;
      // A name ends where a field of what it names begins.
      const next = parts.slice(at + 1).findIndex((part) => Object.hasOwn(items.fields, part));
      const count = next < 0 ? parts.length - at : next + 1;
      steps.push(parts.slice(at, at + count).join('.'));
      node = items;
      at += count;
    } else if (node.type === 'struct') {
      const field: Node | undefined = Object.hasOwn(node.fields, parts[at]!) ? node.fields[parts[at]!] : undefined;
      if (field === undefined) throw new CliError(`unable to parse ${path} after [${shown.join(' ')}] at ${node.name}`);
      steps.push(parts[at]!);
      node = field;
      at++;
    } else throw new CliError(`unable to parse one or more field values of ${path}`);
    shown.push(`{${steps.at(-1)} ${shownType(node)}}`);
  }
  return { steps, node };
}

function shownType(node: Node): string {
  if (node.type === 'map') return `map[string]*${node.items.name}`;
  if (node.type === 'struct') return node.name;
  return node.type === 'closed' ? node.shown : { string: 'string', bool: 'bool', bytes: '[]uint8', texts: '[]string' }[node.type];
}

/** What files call a field; client-go has other words for some in memory. */
export const fileField = (field: string): string => field.replace(/^act-as/, 'as');

/** The value as files hold it. Throws CliError in Go's words. */
export function valueFor({ node, steps }: Property, value: string, { isRaw }: { isRaw: boolean }): unknown {
  if (node.type === 'string') return value;
  if (node.type === 'bool') return truth(value);
  if (node.type === 'bytes') return isRaw ? Buffer.from(value).toString('base64') : base64(value);
  if (node.type === 'texts') throw new CliError('unrecognized slice type. string');
  throw new CliError(`can't set a map to a value: map[${steps.at(-1)}]`);
}

function truth(value: string): boolean {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(value)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(value)) return false;
  throw new CliError(`strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`);
}

function base64(value: string): string {
  const bad = value.search(/[^A-Za-z0-9+/]/);
  const isWhole = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value);
  if (!isWhole) throw new CliError(`error decoding input value: illegal base64 data at input byte ${bad >= 0 ? bad : value.length - (value.length % 4)}`);
  return value;
}
