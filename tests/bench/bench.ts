/**
 * `npm run bench`: the figures of the design, measured in one run and printed
 * against their goals. Whole processes are started as a user starts them, with
 * NODE_EXTRA_CA_CERTS unset; medians of several runs. Needs a built dist/.
 *
 *   npm run bench                  everything
 *   npm run bench -- start apply   parts by name: start, apply, many, handle, store, scheduler, serve
 */
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

interface Row {
  name: string;
  value: number;
  unit: string;
  /** "≤ 2.0 ×": how the value compares with it is printed beside it. */
  goal?: number;
}

const PROGRAM = resolve('bin/minikube-ts.js');
const homes: string[] = [];

function newHome(): NodeJS.ProcessEnv {
  const home = mkdtempSync(join(tmpdir(), 'minikube-ts-bench-'));
  homes.push(home);
  const env: NodeJS.ProcessEnv = { ...process.env, MINIKUBE_TS_HOME: home };
  for (const name of ['NODE_EXTRA_CA_CERTS', 'KUBECONFIG', 'MINIKUBE_TS_CLUSTER']) delete env[name];
  return env;
}

function timed(env: NodeJS.ProcessEnv, args: readonly string[], input?: string): number {
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { env, input, maxBuffer: 1 << 28 });
  const ms = performance.now() - started;
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr.toString()}`);
  return ms;
}

const cli = (env: NodeJS.ProcessEnv, args: readonly string[], input?: string): number => timed(env, [PROGRAM, ...args], input);

function median(times: number, measure: () => number): number {
  const values = Array.from({ length: times }, measure).sort((a, b) => a - b);
  return values[times >> 1]!;
}

const deployment = (name: string, replicas: number): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${name}\nspec:\n  replicas: ${replicas}\n  selector: {matchLabels: {app: ${name}}}\n  template:\n    metadata: {labels: {app: ${name}}}\n    spec: {containers: [{name: c, image: nginx}]}\n`;

function start(): Row[] {
  const env = newHome();
  const first = cli(env, ['get', 'pods', '-n', 'kube-system']);
  cli(env, ['get', 'pods', '-n', 'kube-system']);
  const bare = median(15, () => timed(env, ['-e', '0']));
  const get = median(15, () => cli(env, ['get', 'pods', '-n', 'kube-system']));
  return [
    { name: 'bare node -e 0', value: bare, unit: 'ms' },
    { name: 'get pods -n kube-system, whole process', value: get, unit: 'ms' },
    { name: 'get pods -n kube-system : bare node', value: get / bare, unit: '×', goal: 2 },
    { name: 'first command ever, default cluster Running', value: first, unit: 'ms', goal: 1000 },
  ];
}

function apply(): Row[] {
  const env = newHome();
  cli(env, ['get', 'pods', '-A']);
  let made = 0;
  const one = median(5, () => cli(env, ['apply', '-f', '-'], deployment(`web-${made++}`, 3)));
  const running = spawnSync(process.execPath, [PROGRAM, 'get', 'pods', '--no-headers'], { env }).stdout.toString();
  const rows: Row[] = [{ name: 'apply of a 3-replica Deployment until Running', value: one, unit: 'ms', goal: 250 }];
  if (/0\/1/.test(running)) rows.push({ name: 'pods not Running after apply', value: running.match(/0\/1/g)!.length, unit: 'pods', goal: 0 });
  const big = newHome();
  cli(big, ['cluster', 'create', 'default', '--nodes', '26', '--addons', 'none', '--images', 'generic']);
  cli(big, ['apply', '-f', '-'], deployment('many', 2000));
  rows.push({
    name: 'the same among 2,000 pods',
    value: median(5, () => cli(big, ['apply', '-f', '-'], deployment(`web-${made++}`, 3))),
    unit: 'ms',
    goal: 400,
  });
  return rows;
}

function many(): Row[] {
  const pods = (count: number): string =>
    Array.from({ length: count }, (_, at) =>
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: `pod-${at}`, labels: { app: 'many' } },
        spec: { containers: [{ name: 'c', image: 'nginx' }] },
      }),
    ).join('\n---\n');
  const [few, lots] = [newHome(), newHome()];
  for (const [env, count] of [
    [few, 20],
    [lots, 10_000],
  ] as const) {
    cli(env, ['cluster', 'create', 'default', '--bare', '--components', 'apiserver']);
    cli(env, ['create', '-f', '-'], pods(count));
    cli(env, ['get', 'pods', 'pod-7']);
  }
  const one = (env: NodeJS.ProcessEnv): number => median(11, () => cli(env, ['get', 'pods', 'pod-7']));
  const [oneOfFew, oneOfMany] = [one(few), one(lots)];
  return [
    { name: 'get of one pod among 20', value: oneOfFew, unit: 'ms' },
    { name: 'get of one pod among 10,000', value: oneOfMany, unit: 'ms' },
    { name: 'get of one pod: among 10,000 : among 20', value: oneOfMany / oneOfFew, unit: '×', goal: 1.2 },
    { name: 'get pods -A of 10,000', value: median(3, () => cli(lots, ['get', 'pods', '-A'])), unit: 'ms', goal: 1200 },
  ];
}

/** As the product is: bundled, without what a loader of TypeScript adds. */
async function bundled<Module>(name: string): Promise<Module> {
  const folder = mkdtempSync(join(tmpdir(), 'minikube-ts-bench-'));
  homes.push(folder);
  const outfile = join(folder, `${name}.mjs`);
  const banner = { js: `import { createRequire } from 'node:module'; const require = createRequire(${JSON.stringify(resolve('package.json'))});` };
  await build({
    entryPoints: [`tests/bench/${name}.bench.ts`],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    external: ['@photostructure/sqlite', 'bufferutil', 'utf-8-validate'],
    banner,
    logLevel: 'error',
  });
  return (await import(outfile)) as Module;
}

const parts: Readonly<Record<string, () => Row[] | Promise<Row[]>>> = {
  start,
  apply,
  many,
  handle: async () => (await bundled<typeof import('./apiserver.bench.js')>('apiserver')).bench(),
  store: async () => (await import('./store.bench.js')).storeBench(),
  scheduler: async () => (await import('./scheduler.bench.js')).schedulerBench(),
  serve: async () => (await import('./serve.bench.js')).serveBench(),
};

if (!existsSync('dist/program-0.cjs')) {
  process.stderr.write('error: dist/ is not built: npm run build\n');
  process.exit(1);
}
const wanted = process.argv.slice(2);
try {
  for (const [name, measure] of Object.entries(parts)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const rows = await measure();
    process.stdout.write(
      `${name}, at a load of ${loadavg()
        .map((load) => load.toFixed(1))
        .join(' ')}\n`,
    );
    for (const { name: what, value, unit, goal } of rows) {
      const shown = `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ${unit}`;
      process.stdout.write(
        `${what.padEnd(52)} ${shown.padStart(12)}${goal === undefined ? '' : `   goal ≤ ${goal} ${unit}   ${value <= goal ? 'reached' : 'MISSED'}`}\n`,
      );
    }
  }
} finally {
  for (const home of homes) rmSync(home, { recursive: true, force: true });
}
