/** cp: files and folders into and out of containers, by the container's own tar. */
import { CliError, Exit, type Command } from '../command.js';
import type { Context } from '../context.js';
import { pathOf } from '../discovery.js';
import { containerOf } from '../pods.js';
import { exitCodeOf, stream } from '../streaming.js';
import { entriesOf, tarOf, type TarEntry } from '../tar.js';
import { PODS } from './exec.js';

export const cp: Command = {
  name: 'cp',
  summary: 'Copy files and directories to and from containers',
  about: 'Copy files and directories to and from containers.',
  usage: '<file-spec-src> <file-spec-dest> [options]',
  examples: [
    { does: 'Copy /tmp/foo local file to /tmp/bar in a remote pod in namespace <some-namespace>', command: 'cp /tmp/foo <some-namespace>/<some-pod>:/tmp/bar' },
    { does: 'Copy /tmp/foo from a remote pod to /tmp/bar locally', command: 'cp <some-namespace>/<some-pod>:/tmp/foo /tmp/bar' },
  ],
  flags: [
    {
      name: 'container',
      short: 'c',
      type: 'string',
      description:
        'Container name. If omitted, use the kubectl.kubernetes.io/default-container annotation for selecting the container to be attached or the first container in the pod will be chosen',
    },
    { name: 'no-preserve', type: 'bool', description: "The copied file/directory's ownership and permissions will not be preserved in the container" },
    {
      name: 'retries',
      type: 'int',
      default: '0',
      description:
        'Set number of retries to complete a copy operation from a container. Specify 0 to disable or any negative value for infinite retrying. The default is 0 (no retry).',
    },
  ],
  run,
};

interface Spec {
  namespace: string;
  /** '' for a file of this machine. */
  pod: string;
  path: string;
}

async function run(context: Context): Promise<void> {
  const { args } = context;
  if (args.length !== 2) throw new CliError('source and destination are required');
  const [from, to] = [specOf(args[0]!), specOf(args[1]!)];
  if (from.pod !== '' && to.pod !== '') throw new CliError('one of src or dest must be a local file specification');
  if (from.path === '' || to.path === '') throw new CliError('filepath can not be empty');
  if (from.pod === '' && to.pod === '') throw new CliError('one of src or dest must be a remote file specification');
  context.needs('stay');
  if (to.pod !== '') await upload(context, from, to);
  else await download(context, from, to);
}

function specOf(text: string): Spec {
  const at = text.indexOf(':');
  if (at < 0) return { namespace: '', pod: '', path: text };
  const words = text.slice(0, at).split('/');
  if (at === 0 || words.length > 2) throw new CliError('filespec must match the canonical format: [[namespace/]pod:]file/path');
  return { namespace: words.length === 2 ? words[0]! : '', pod: words.at(-1)!, path: text.slice(at + 1) };
}

const baseOf = (path: string): string => path.replace(/\/+$/, '').split('/').at(-1) ?? '';
const folderOf = (path: string): string => path.replace(/\/+$/, '').replace(/\/?[^/]*$/, '') || (path.startsWith('/') ? '/' : '.');

async function upload(context: Context, from: Spec, to: Spec): Promise<void> {
  const content = localFolder(context, from.path);
  if (content === 'none') throw new CliError(`${from.path} doesn't exist in local filesystem`);
  const place = await placeOf(context, to);
  const isFolder = (await inContainer(context, place, ['test', '-d', to.path], { stderr: () => {} })).code === 0;
  const path = isFolder ? `${to.path.replace(/\/+$/, '')}/${baseOf(from.path)}` : to.path.replace(/(.)\/+$/, '$1');
  const archive = tarOf(gather(context, from.path, baseOf(path)));
  const owned = context.flags.bool('no-preserve') ? ['--no-same-permissions', '--no-same-owner'] : [];
  const { code } = await inContainer(context, place, ['tar', ...owned, '-xmf', '-', '-C', folderOf(path)], { input: [archive] });
  ended(context, code);
}

function ended(context: Context, code: number): void {
  if (code === 0) return;
  context.err(`command terminated with exit code ${code}\n`);
  throw new Exit(code);
}

/** 'none' where there is nothing, 'file' where it is no folder. */
function localFolder({ host }: Context, path: string): readonly string[] | 'file' | 'none' {
  try {
    return host.listFolder(path) ?? 'file';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'none';
    throw error;
  }
}

/** Links are carried as links, wherever they lead. */
function gather(context: Context, path: string, name: string): TarEntry[] {
  const { type, mode, link } = context.host.lookAt(path);
  const entry = { name, mode, content: new Uint8Array() };
  if (link !== undefined) return [{ ...entry, type: 'other', link }];
  if (type !== 'folder') return [{ ...entry, type: 'file', content: context.host.readFile(path) }];
  return [{ ...entry, type }, ...(context.host.listFolder(path) ?? []).flatMap((one) => gather(context, `${path}/${one}`, `${name}/${one}`))];
}

async function download(context: Context, from: Spec, to: Spec): Promise<void> {
  // As kubectl: what is said meanwhile is printed among the output, what tar complains of too, and does not make the command fail.
  const place = await placeOf(context, from, (text) => context.out(text));
  const { out } = await inContainer(context, place, ['tar', 'cf', '-', from.path], { stderr: (chunk) => context.out(Buffer.from(chunk).toString()) });
  const prefix = from.path.replace(/^\/+|\/+$/g, '').replace(/^\.\//, '');
  const target = to.path.replace(/(.)\/+$/, '$1');
  const source = `-n ${JSON.stringify(from.namespace)} ${JSON.stringify(from.pod)} -- tar cf - ${JSON.stringify(from.path.replace(/(.)\/+$/, '$1'))}`;
  let hint = ` (consider using "${context.host.program} exec ${source} | tar xf -")`;
  for (const entry of entriesOf(out)) {
    const skipped = unpack(context, entry, prefix, target);
    if (skipped === undefined) continue;
    // How else to have links is told once.
    context.err(`warning: skipping symlink: ${JSON.stringify(skipped)} -> ${JSON.stringify(entry.link ?? '')}${hint}\n`);
    hint = '';
  }
}

/** Resolves to the path of a link, which is not made. */
function unpack(context: Context, { name, type, content }: TarEntry, prefix: string, target: string): string | undefined {
  const rest = name
    .replace(/^\/+|\/+$/g, '')
    .replace(/^\.\//, '')
    .slice(prefix.length);
  // An archive comes from a container, which may be hostile: nothing lands outside the target.
  if (rest.split('/').includes('..')) return void context.err(`warning: file ${JSON.stringify(name)} is outside target destination, skipping\n`);
  const path = `${target}${rest}`;
  if (type === 'other') return path;
  if (type === 'folder') return void context.host.makeFolder(path);
  if (path.includes('/')) context.host.makeFolder(folderOf(path));
  context.host.writeFile(path, content);
  return undefined;
}

interface Place {
  path: string;
  container: string;
}

async function placeOf(context: Context, { namespace, pod }: Spec, tell?: (text: string) => void): Promise<Place> {
  const named = namespace === '' ? await context.namespace() : namespace;
  const object: any = await (await context.rest()).object('GET', pathOf(PODS, { namespace: named, name: pod }));
  return {
    path: pathOf(PODS, { namespace: named, name: pod, subresource: 'exec' }),
    container: containerOf(context, object, context.flags.string('container'), tell === undefined ? {} : { tell }),
  };
}

async function inContainer(
  context: Context,
  { path, container }: Place,
  command: readonly string[],
  { input, stderr }: { input?: Iterable<Uint8Array>; stderr?: (chunk: Uint8Array) => void },
): Promise<{ code: number; out: Buffer }> {
  const chunks: Uint8Array[] = [];
  const status = await stream(context, {
    path,
    query: { command, container },
    stdin: input !== undefined,
    tty: false,
    stdout: (chunk) => void chunks.push(chunk),
    ...(stderr === undefined ? {} : { stderr }),
    ...(input === undefined ? {} : { input }),
  });
  return { code: exitCodeOf(status), out: Buffer.concat(chunks) };
}
