/**
 * The kubeconfig files that `config` reads and changes, as client-go's
 * clientcmd keeps them: found by flag and environment, merged, written back in
 * order of names, each entry to the file it came from.
 */
import { parseYaml, toYaml } from '../../../apimachinery/yaml.js';
import { CliError } from '../../command.js';
import type { Context } from '../../context.js';
import type { EmbeddedContext } from '../../host.js';
import { kubeconfigProblem } from './types.js';

export type Part = 'clusters' | 'contexts' | 'users';
export const PARTS: readonly Part[] = ['clusters', 'contexts', 'users'];
/** What an entry of each list calls its content. */
export const CONTENT: Readonly<Record<Part, string>> = { clusters: 'cluster', contexts: 'context', users: 'user' };

export interface Config {
  clusters: Record<string, any>;
  contexts: Record<string, any>;
  users: Record<string, any>;
  current: string;
  preferences?: Record<string, unknown>;
  /** What others have noted in the file; kept as it is. */
  extensions?: unknown;
}

export interface KubeconfigFile {
  path: string;
  config: Config;
}

export class Kubeconfigs {
  readonly #context: Context;
  /** Paths as they are told to the user: what the flag or the environment says. */
  readonly paths: readonly string[];

  constructor(context: Context) {
    this.#context = context;
    this.paths = pathsOf(context);
  }

  /** The file new entries go to. */
  get main(): string {
    return this.paths.find((path) => this.#exists(path)) ?? this.paths.at(-1)!;
  }

  /** All files as one; of two entries the first counts. */
  merged(): Config {
    const all = this.paths.map((path) => this.read(path));
    const merged = empty();
    for (const config of [...all].reverse()) for (const part of PARTS) Object.assign(merged[part], config[part]);
    merged.current = all.find(({ current }) => current !== '')?.current ?? '';
    for (const { preferences, extensions } of [...all].reverse()) {
      if (preferences !== undefined) merged.preferences = { ...merged.preferences, ...preferences };
      if (extensions !== undefined) merged.extensions = extensions;
    }
    return merged;
  }

  /** Whether no flag and no variable names a file: embedded clusters are contexts then. */
  get #isUsual(): boolean {
    const { flags, host } = this.#context;
    return flags.string('kubeconfig') === '' && (host.env.KUBECONFIG ?? '') === '';
  }

  /** The embedded clusters that a context may stand for, but for those whose names the user's own file has taken. */
  embedded(): readonly EmbeddedContext[] {
    if (!this.#isUsual) return [];
    const { contexts } = this.merged();
    return this.#context.host.contexts.list().filter(({ name }) => !Object.hasOwn(contexts, name));
  }

  /** All files as one, and the embedded clusters; the current context is the one that commands go to. */
  all(): Config {
    const config = this.merged();
    for (const { name, cluster, user, server, namespace } of this.embedded()) {
      config.contexts[name] = { cluster, user, ...(namespace === undefined ? {} : { namespace }) };
      config.clusters[cluster] ??= { server };
      config.users[user] ??= {};
    }
    if (this.#isUsual) config.current = this.#context.host.contexts.current() ?? config.current;
    return config;
  }

  /** Makes a context the current one: an embedded cluster's is noted at home, any other in the kubeconfig. */
  choose(name: string): void {
    const found = this.embedded().find((one) => one.name === name);
    if (found !== undefined) return this.#context.host.contexts.use(found.cluster);
    this.setCurrent(name);
    if (this.#isUsual) this.#context.host.contexts.useKubeconfig();
  }

  /** A file that is not there is empty. Throws CliError for one that is none. */
  read(path: string): Config {
    const text = this.#text(path);
    if (text === undefined) return empty();
    let data: any;
    try {
      data = parseYaml(text) ?? {};
    } catch (error) {
      throw new CliError(`error loading config file ${JSON.stringify(path)}: ${yamlProblem(error as Error)}`);
    }
    if (data.kind !== undefined && data.apiVersion !== undefined && data.apiVersion !== 'v1')
      throw new CliError(
        `error loading config file ${JSON.stringify(path)}: no kind ${JSON.stringify(data.kind)} is registered for version ${JSON.stringify(data.apiVersion)} in scheme "pkg/runtime/scheme.go:111"`,
      );
    const problem = kubeconfigProblem(data);
    if (problem !== undefined) throw new CliError(`error loading config file ${JSON.stringify(path)}: ${problem}`);
    const config = empty();
    if (data.preferences) config.preferences = data.preferences;
    if (data.extensions) config.extensions = data.extensions;
    for (const part of PARTS) for (const entry of data[part] ?? []) config[part][entry.name] = entry[CONTENT[part]] ?? {};
    config.current = data['current-context'] ?? '';
    return config;
  }

  /** Changes one entry where it stands, or in the main file. `content` undefined: takes it away. */
  put(part: Part, name: string, content: object | undefined): void {
    const path = this.paths.find((one) => Object.hasOwn(this.read(one)[part], name)) ?? this.main;
    const config = this.read(path);
    if (content === undefined) delete config[part][name];
    else config[part][name] = content;
    this.write(path, config);
  }

  setCurrent(name: string): void {
    const path = this.paths.find((one) => this.read(one).current !== '') ?? this.main;
    this.write(path, { ...this.read(path), current: name });
  }

  setPreferences(preferences: Record<string, unknown>): void {
    this.write(this.main, { ...this.read(this.main), preferences });
  }

  write(path: string, config: Config): void {
    const folder = path.replace(/\/?[^/]*$/, '');
    if (folder !== '') this.#context.host.makeFolder(folder);
    this.#context.host.writeFile(path, toYaml(plain(config)), { mode: 0o600 });
  }

  #exists(path: string): boolean {
    return this.#text(path) !== undefined;
  }

  #text(path: string): string | undefined {
    try {
      return this.#context.host.readFile(path).toString();
    } catch (error) {
      if ((error as { code?: string }).code === 'ENOENT' || /no such file/.test((error as Error).message)) return undefined;
      throw error;
    }
  }
}

export const empty = (): Config => ({ clusters: {}, contexts: {}, users: {}, current: '' });

function pathsOf({ flags, host }: Context): string[] {
  if (flags.string('kubeconfig') !== '') return [flags.string('kubeconfig')];
  const listed = (host.env.KUBECONFIG ?? '').split(':').filter((path) => path !== '');
  return listed.length > 0 ? listed : [`${host.env.HOME ?? ''}/.kube/config`];
}

/** In go-yaml's words. */
function yamlProblem({ message }: Error): string {
  const text = message.split('\n')[0]!;
  return text.startsWith('yaml: ') ? text : `yaml: ${text}`;
}

/** As it is written: lists in order of names, null where there is none, and what Go always writes. */
export function plain({ clusters, contexts, users, current, preferences, extensions }: Config): object {
  const list = (map: Record<string, any>, field: string, always: object): object[] | null => {
    const names = Object.keys(map).sort();
    return names.length === 0 ? null : names.map((name) => ({ name, [field]: { ...always, ...map[name] } }));
  };
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: list(clusters, 'cluster', { server: '' }),
    contexts: list(contexts, 'context', { cluster: '', user: '' }),
    users: list(users, 'user', {}),
    'current-context': current,
    ...(Object.values(preferences ?? {}).some((value) => value !== undefined) ? { preferences } : {}),
    ...(extensions === undefined ? {} : { extensions }),
  };
}
