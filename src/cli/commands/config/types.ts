/**
 * Whether a kubeconfig that was read is one: every field of the type that
 * client-go's v1 structs give it, told in the words of Go's decoder otherwise.
 */
type Node = 'string' | 'bool' | readonly ['list', Node, string] | readonly ['map', Node, string] | readonly ['struct', string, Readonly<Record<string, Node>>];

const texts: Node = ['list', 'string', '[]string'];
const struct = (name: string, fields: Record<string, Node>): Node => ['struct', name, fields];
const all = (type: Node, names: string): Record<string, Node> => Object.fromEntries(names.split(' ').map((name) => [name, type]));

const CLUSTER = struct('Cluster', {
  ...all('string', 'server tls-server-name certificate-authority certificate-authority-data proxy-url'),
  ...all('bool', 'insecure-skip-tls-verify disable-compression'),
});
const EXEC = struct('ExecConfig', {
  ...all('string', 'command apiVersion installHint interactiveMode'),
  args: texts,
  env: ['list', struct('ExecEnvVar', all('string', 'name value')), '[]v1.ExecEnvVar'],
  provideClusterInfo: 'bool',
});
const USER = struct('AuthInfo', {
  ...all('string', 'client-certificate client-certificate-data client-key client-key-data token tokenFile as as-uid username password'),
  'as-groups': texts,
  'as-user-extra': ['map', texts, 'map[string][]string'],
  'auth-provider': struct('AuthProviderConfig', { name: 'string', config: ['map', 'string', 'map[string]string'] }),
  exec: EXEC,
});
const CONTEXT = struct('Context', all('string', 'cluster user namespace'));
const named = (type: string, field: string, content: Node): Node => ['list', struct(type, { name: 'string', [field]: content }), `[]v1.${type}`];

const CONFIG = struct('Config', {
  kind: 'string',
  apiVersion: 'string',
  preferences: struct('Preferences', { colors: 'bool' }),
  clusters: named('NamedCluster', 'cluster', CLUSTER),
  users: named('NamedAuthInfo', 'user', USER),
  contexts: named('NamedContext', 'context', CONTEXT),
  'current-context': 'string',
});

/** undefined where nothing is wrong. */
export const kubeconfigProblem = (data: unknown): string | undefined => problemOf(CONFIG, data, { owner: '', path: '' });

function problemOf(node: Node, value: unknown, { owner, path }: { owner: string; path: string }): string | undefined {
  if (value === undefined || value === null) return undefined;
  const wrong = (type: string): string =>
    `json: cannot unmarshal ${found(value)} into Go ${path === '' ? 'value' : `struct field ${owner}.${path}`} of type ${type}`;
  if (node === 'string' || node === 'bool') return typeof value === (node === 'bool' ? 'boolean' : 'string') ? undefined : wrong(node);
  const [kind] = node;
  if (kind === 'list') return Array.isArray(value) ? first(value, (item) => problemOf(node[1], item, { owner, path })) : wrong(node[2]);
  if (typeof value !== 'object' || Array.isArray(value)) return wrong(kind === 'map' ? node[2] : `v1.${node[1]}`);
  if (kind === 'map') return first(Object.values(value), (item) => problemOf(node[1], item, { owner, path }));
  const join = (name: string): string => (path === '' ? name : `${path}.${name}`);
  return first(Object.entries(value), ([name, item]) =>
    Object.hasOwn(node[2], name) ? problemOf(node[2][name]!, item, { owner: node[1], path: join(name) }) : undefined,
  );
}

const found = (value: unknown): string => (Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value);

function first<T>(items: readonly T[], problem: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const said = problem(item);
    if (said !== undefined) return said;
  }
  return undefined;
}
