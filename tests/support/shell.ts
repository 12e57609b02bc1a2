/**
 * Lines as a user types them, pipes and all, with a `kubectl` on PATH that is
 * the one in this process: bash runs the line, and each kubectl in it hands its
 * words, streams and environment to this process through files and a socket.
 */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wordsOf, type Answer, type Kubectl } from './kubectl.js';

export interface Shell {
  /** Where the lines run: an empty folder at first. */
  folder: string;
  home: string;
  run(line: string): Promise<Answer>;
  remove(): Promise<void>;
}

/** `namespace`: given to every kubectl whose line names none, and to the line itself as $NS. */
export async function openShell(kubectl: Kubectl, namespace: string): Promise<Shell> {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'minikube-ts-shell-')));
  const folder = join(home, 'work');
  mkdirSync(folder);
  mkdirSync(join(home, 'bin'));
  const doors = await listen(kubectl, namespace);
  writeFileSync(join(home, 'bin', 'kubectl'), SHIM.replace('PORT', String(doors.port)));
  chmodSync(join(home, 'bin', 'kubectl'), 0o755);
  const env: Record<string, string | undefined> = {
    NS: namespace,
    TZ: 'UTC',
    LC_ALL: 'C',
    TERM: 'dumb',
    HOME: home,
    TMPDIR: home,
    KUBERC: 'off',
    PATH: `${join(home, 'bin')}:${process.env.PATH}`,
  };
  return {
    folder,
    home,
    async run(line) {
      const words = wordsOf(line);
      if (words?.[0] === 'kubectl') return kubectl.run(inNamespace(words.slice(1), namespace), { cwd: folder, env });
      return bash(line, folder, env);
    },
    async remove() {
      await new Promise<void>((done) => doors.server.close(() => done()));
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Bash alone, because it starts in milliseconds. Standard input is read only where words ask for it. */
const SHIM = `#!/bin/bash
passed=$(mktemp -d)
for word in "$@"; do case $word in -|-f-|--filename=-|-i|-it|-ti|--stdin|--interactive*|*=/dev/stdin) cat >"$passed/stdin";; esac; done
env -0 >"$passed/env"
printf '%s\\0' "$PWD" "$@" >"$passed/words"
exec 3<>/dev/tcp/127.0.0.1/PORT
echo "$passed" >&3
read -r status <&3
cat "$passed/out"
cat "$passed/err" >&2
rm -rf "$passed"
exit "$status"
`;

async function listen(kubectl: Kubectl, namespace: string): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', (line) => void answer(String(line).trim()).then((status) => socket.end(`${status}\n`)));
  });
  const answer = async (passed: string): Promise<number> => {
    const texts = (name: string): string[] => readFileSync(join(passed, name), 'utf8').split('\0').slice(0, -1);
    const [cwd, ...words] = texts('words') as [string, ...string[]];
    const env = Object.fromEntries(texts('env').map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]));
    const stdin = join(passed, 'stdin');
    const { out, err, status } = await kubectl.run(inNamespace(words, namespace), { cwd, env, ...(existsSync(stdin) ? { stdin: readFileSync(stdin) } : {}) });
    writeFileSync(join(passed, 'out'), out);
    writeFileSync(join(passed, 'err'), err);
    return status;
  };
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { server, port: (server.address() as { port: number }).port };
}

const NAMED = /^(-n.*|--namespace(=.*)?|-A|--all-namespaces)$/;
const ASK_NO_SERVER = new Set(['config', 'kustomize', 'plugin', 'completion', 'help', 'options', 'version']);

/** `words` with the namespace behind the command, unless they name one or speak to no server. */
function inNamespace(words: readonly string[], namespace: string): string[] {
  const dash = words.indexOf('--');
  const named = words.slice(0, dash < 0 ? undefined : dash).some((word) => NAMED.test(word));
  let at = words.findIndex((word) => !word.startsWith('-'));
  const completing = words[at] === '__complete';
  if (completing) at++;
  const last = completing ? words.length - 1 : words.length;
  if (namespace === '' || named || at < 0 || at >= last || ASK_NO_SERVER.has(words[at]!)) return [...words];
  return [...words.slice(0, at + 1), `--namespace=${namespace}`, ...words.slice(at + 1)];
}

function bash(line: string, cwd: string, env: Record<string, string | undefined>): Promise<Answer> {
  return new Promise((done) => {
    const child = spawn('bash', ['-c', line], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.on('data', (part) => (out += part));
    child.stderr.on('data', (part) => (err += part));
    child.on('close', (status) => done({ out, err, status: status ?? 137 }));
  });
}
