/**
 * Sessions of a command line with checks of what it prints (session.txt tells
 * the form), and how to type one at any kubectl: bash runs each line, in one
 * folder, with the kubectl under test on PATH.
 */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Step {
  command: string;
  /** All of standard output; undefined: not looked at. */
  lines: string[] | undefined;
  out: RegExp[];
  err: RegExp[];
  status: number;
  /** For how long it is asked again. */
  seconds: number;
}

export interface Session {
  files: Map<string, string>;
  steps: Step[];
}

export function parseSession(text: string): Session {
  const session: Session = { files: new Map(), steps: [] };
  let file = '';
  let seconds = 0;
  for (const line of text.split('\n')) {
    const rest = line.slice(2);
    const step = session.steps.at(-1)!;
    if (line.startsWith('file ')) file = line.slice(5);
    else if (line.startsWith('| ')) session.files.set(file, `${session.files.get(file) ?? ''}${rest}\n`);
    else if (line.startsWith('@ ')) seconds = Number(rest);
    else if (line.startsWith('$ ')) {
      session.steps.push({ command: rest, lines: undefined, out: [], err: [], status: 0, seconds });
      seconds = 0;
    } else if (line.startsWith('> ')) step.command += `\n${rest}`;
    else if (line.startsWith('=')) (step.lines ??= []).push(...(line === '=' ? [] : [rest]));
    else if (line.startsWith('~ ')) step.out.push(new RegExp(rest, 'm'));
    else if (line.startsWith('! ')) step.err.push(new RegExp(rest, 'm'));
    else if (line.startsWith('? ')) step.status = Number(rest);
  }
  return session;
}

const NAMESPACE = 'day';

/** Puts the namespace behind the command, unless the line names one or the command takes none. */
const SHIM = `#!/bin/bash
args=("$@"); at=0; named=
for word in "$@"; do case $word in --) break;; -n|-n?*|--namespace|--namespace=*|-A|--all-namespaces|--raw) named=1;; esac; done
while [[ $at -lt $# && \${args[$at]} == -* ]]; do at=$((at + 1)); done
case \${args[$at]} in config|kustomize|version|api-versions|api-resources) named=1;; esac
[[ -z $named ]] && args=("\${args[@]:0:at+1}" "--namespace=${NAMESPACE}" "\${args[@]:at+1}")
exec KUBECTL "\${args[@]}"
`;

/** What is wrong with the answers, a paragraph a command. `kubectl`: the words before the arguments; `env`: what the command line needs to find its cluster. */
export async function typeSession({ files, steps }: Session, kubectl: string, env: Readonly<Record<string, string>>): Promise<string[]> {
  const home = mkdtempSync(join(tmpdir(), 'minikube-ts-session-'));
  const folder = join(home, 'work');
  mkdirSync(folder);
  mkdirSync(join(home, 'bin'));
  writeFileSync(join(home, 'bin', 'kubectl'), SHIM.replace('KUBECTL', kubectl));
  chmodSync(join(home, 'bin', 'kubectl'), 0o755);
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
  const all = {
    ...process.env,
    TZ: 'UTC',
    LC_ALL: 'C',
    TERM: 'dumb',
    KUBERC: 'off',
    KUBECACHEDIR: join(home, 'cache'),
    ...env,
    PATH: `${join(home, 'bin')}:${process.env.PATH}`,
  };
  const wrong: string[] = [];
  try {
    for (const step of steps) {
      let found = await type(step, folder, all);
      for (const until = Date.now() + step.seconds * 1_000; found !== undefined && Date.now() < until;) {
        await new Promise((done) => setTimeout(done, RETRY_MS));
        found = await type(step, folder, all);
      }
      if (found !== undefined) wrong.push(found);
    }
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
  return wrong;
}

const RETRY_MS = 300;
const STEP_SECONDS_MAX = 90;

/** undefined: all is as it should be. */
async function type(step: Step, cwd: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const { out, err, status } = await bash(step.command, cwd, env);
  const problems = [
    ...(status === step.status ? [] : [`ended with ${status}, not ${step.status}`]),
    ...(step.lines === undefined || out.trimEnd() === step.lines.join('\n') ? [] : [`printed not ${JSON.stringify(step.lines.join('\n'))}`]),
    ...step.out.filter((pattern) => !pattern.test(out)).map((pattern) => `standard output has no ${pattern}`),
    ...step.err.filter((pattern) => !pattern.test(err)).map((pattern) => `standard error has no ${pattern}`),
  ];
  return problems.length === 0 ? undefined : [`$ ${step.command}`, ...problems, out.trimEnd(), err.trimEnd()].join('\n');
}

function bash(line: string, cwd: string, env: NodeJS.ProcessEnv): Promise<{ out: string; err: string; status: number }> {
  return new Promise((done) => {
    const child = spawn('bash', ['-c', line], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let [out, err] = ['', ''];
    child.stdout.on('data', (part) => (out += part));
    child.stderr.on('data', (part) => (err += part));
    const late = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), STEP_SECONDS_MAX * 1_000);
    child.on('close', (status) => {
      clearTimeout(late);
      done({ out, err, status: status ?? 137 });
    });
  });
}
