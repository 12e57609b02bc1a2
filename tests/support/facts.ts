/**
 * `npm run facts`: replays what a real Kubernetes answered, recorded in
 * ../shared/facts, against servers of ours (a fresh one for each file, two at
 * a time) and the command line against an embedded cluster. Prints
 * `suite: N of M exact` for each and holds them against the floors in
 * tests/facts.json: below its floor a suite fails.
 *
 *   npm run facts                      every suite
 *   npm run facts -- api/create …      those named
 *   npm run facts -- --show 20 api/…   with the first differences
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const FACTS_PATH = resolve(process.env.MINIKUBE_TS_FACTS ?? '../shared/facts');
// The runners compare their own path with the one they were called by: no link may stand between.
const FACTS = existsSync(FACTS_PATH) ? realpathSync(FACTS_PATH) : FACTS_PATH;
const PROGRAM = resolve('bin/minikube-ts.js');
const BARE = ['--bare'];
const ALONE = ['--bare', '--components', 'apiserver'];
const FILE_LIMIT_MS = 15 * 60_000;
const AT_ONCE = 2;

interface Suite {
  name: string;
  serve?: readonly string[];
  /** Needs no server and no cluster of its own. */
  inProcess?: boolean;
  run(kubeconfig: string, home: string): readonly string[];
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { show: { type: 'string', default: '0' }, grep: { type: 'string', default: '' }, patience: { type: 'string', default: '8000' } },
});
const cases = (file: string) => (kubeconfig: string) => [
  `${FACTS}/cases.mjs`,
  '--kubeconfig',
  kubeconfig,
  '--patience',
  values.patience,
  '--show',
  values.show,
  '--grep',
  values.grep,
  `${FACTS}/${file}`,
];

const suites: readonly Suite[] = [
  ...['create', 'invalid', 'update'].map((name) => ({ name: `api/${name}`, serve: BARE, run: cases(`api/${name}.jsonl`) })),
  ...['patch', 'apply', 'list-watch', 'subresource', 'access', 'crd', 'discovery'].map((name) => ({
    name: `api/${name}`,
    serve: ALONE,
    run: cases(`api/${name}.jsonl`),
  })),
  { name: 'schema', serve: ALONE, run: (kubeconfig) => [`${FACTS}/schema/compare.mjs`, '--kubeconfig', kubeconfig, '--show', values.show] },
  ...['workloads', 'jobs', 'network', 'cluster'].map((name) => ({ name: `controllers/${name}`, serve: BARE, run: cases(`controllers/${name}.jsonl`) })),
  // Its polls last minutes, so they wait on a virtual clock, in the process that asks.
  {
    name: 'controllers/slow',
    inProcess: true,
    run: () => ['--import', 'tsx', 'tests/support/histories.ts', '--show', values.show, '--grep', values.grep, 'slow'],
  },
  ...['by-hand', 'mixes'].map((name) => ({
    name: `scheduler/${name}`,
    serve: BARE,
    run: (kubeconfig: string) => [
      `${FACTS}/scheduler.mjs`,
      '--kubeconfig',
      kubeconfig,
      '--patience',
      values.patience,
      '--show',
      values.show,
      '--grep',
      values.grep,
      `${FACTS}/scheduler/${name}.jsonl`,
    ],
  })),
  {
    name: 'transcripts',
    run: () => [
      `${FACTS}/transcripts.mjs`,
      '--kubectl',
      PROGRAM,
      '--jobs',
      '1',
      '--show',
      values.show,
      '--grep',
      values.grep,
      ...readdirSync(`${FACTS}/transcripts`)
        .filter((file) => file.endsWith('.txt'))
        .map((file) => `${FACTS}/transcripts/${file}`),
    ],
  },
];

interface Result {
  exact: number;
  all: number;
  output: string;
}

function environment(home: string): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, MINIKUBE_TS_HOME: home };
  for (const name of ['NODE_EXTRA_CA_CERTS', 'KUBECONFIG', 'MINIKUBE_TS_CLUSTER']) delete env[name];
  return env;
}

function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<{ output: string; status: number | null }> {
  return new Promise((done) => {
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (part) => (output += part));
    child.stderr.on('data', (part) => (output += part));
    const late = setTimeout(() => child.kill('SIGKILL'), FILE_LIMIT_MS);
    child.on('close', (status) => {
      clearTimeout(late);
      done({ output, status });
    });
  });
}

async function serve(args: readonly string[], kubeconfig: string, env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const child = spawn(process.execPath, [PROGRAM, 'serve', '--port', '0', '--kubeconfig', kubeconfig, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  await new Promise<void>((ready, failed) => {
    child.stdout.on('data', (part) => {
      printed += part;
      if (/^ready https:/m.test(printed)) ready();
    });
    child.stderr.on('data', (part) => (printed += part));
    child.on('close', () => failed(new Error(`serve ended: ${printed.slice(-2000)}`)));
  });
  return child;
}

async function replay(suite: Suite): Promise<Result> {
  const home = mkdtempSync(join(tmpdir(), 'minikube-ts-facts-'));
  const env = environment(home);
  const kubeconfig = join(home, 'admin.conf');
  let server: ChildProcess | undefined;
  try {
    if (suite.serve !== undefined) server = await serve(suite.serve, kubeconfig, env);
    else if (!suite.inProcess) await run([PROGRAM, 'cluster', 'create', 'default', '--addons', 'none', '--images', 'generic'], env);
    const { output } = await run(suite.run(kubeconfig, home), env);
    return { ...count(output), output };
  } finally {
    if (server !== undefined) {
      const ended = new Promise((done) => server!.once('close', done));
      server.kill('SIGTERM');
      await ended;
    }
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** Three forms: "N passed, M failed", cases.mjs's own summary with "N exact", and a grade by grade "N exact, …, N wrong". */
function count(output: string): { exact: number; all: number } {
  const plain = /^(\d+) passed, (\d+) failed$/m.exec(output);
  if (plain !== null) return { exact: Number(plain[1]), all: Number(plain[1]) + Number(plain[2]) };
  const grades = /: (\d+) exact, (\d+) object, (\d+) reason, (\d+) status, (\d+) wrong;/.exec(output);
  if (grades !== null) return { exact: Number(grades[1]), all: grades.slice(1).reduce((sum, count) => sum + Number(count), 0) };
  const tally = /(?:of )?(\d+)[^\d\n]+(\d+) exact/.exec(output.split('\n').findLast((line) => line.includes('exact')) ?? '');
  return tally === null ? { exact: 0, all: 0 } : { exact: Number(tally[2]), all: Number(tally[1]) };
}

if (!existsSync(FACTS)) {
  process.stdout.write(`no recordings at ${FACTS}: nothing to replay\n`);
  process.exit(0);
}
const floors = JSON.parse(readFileSync('tests/facts.json', 'utf8')) as Record<string, number>;
const wanted = suites.filter(({ name }) => positionals.length === 0 || positionals.some((text) => name.startsWith(text)));
const queue = [...wanted];
let below = 0;

async function work(): Promise<void> {
  for (let suite = queue.shift(); suite !== undefined; suite = queue.shift()) {
    const started = performance.now();
    const { exact, all, output } = await replay(suite).catch((error: Error) => ({ exact: 0, all: 0, output: error.message }));
    const share = all === 0 ? 0 : exact / all;
    const floor = floors[suite.name] ?? 0;
    const low = share < floor || all === 0;
    if (low) below++;
    if (Number(values.show) > 0 || all === 0) process.stdout.write(`${output.replace(/^\d+ passed, \d+ failed$/gm, '')}\n`);
    process.stdout.write(
      `${suite.name}: ${exact} of ${all} exact (${(100 * share).toFixed(1)} %, floor ${(100 * floor).toFixed(0)} %, ${((performance.now() - started) / 1000).toFixed(0)} s)${low ? ' BELOW' : ''}\n`,
    );
  }
}

await Promise.all(Array.from({ length: AT_ONCE }, work));
process.stdout.write(below === 0 ? 'facts: every suite at or above its floor\n' : `facts: ${below} suites below their floors\n`);
process.exitCode = below === 0 ? 0 : 1;
