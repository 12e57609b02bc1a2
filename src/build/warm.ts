/**
 * The commands that people type most, run through a built program: to see which
 * chunks each of them needs, and to keep the code that was compiled for them.
 * They run against a cluster of their own in a temporary folder, and against a
 * server of that program.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Commands that need about the same, so that what they need lies together. */
interface Way {
  name: string;
  /** In the server's stead, a cluster in this process. */
  isEmbedded?: true;
  commands: readonly string[];
}

/** In the order in which they can run: the first makes a cluster. */
const WAYS: readonly Way[] = [
  {
    name: 'own cluster',
    isEmbedded: true,
    commands: [
      'get pods -n kube-system',
      'apply -f DEPLOYMENT',
      'get pods',
      'apply -f DEPLOYMENT',
      'describe pods',
      'logs -l app=web',
      'get deployments -o yaml',
      'scale deployment web --replicas=2',
      'delete deployment web',
    ],
  },
  { name: 'get', isEmbedded: true, commands: ['get pods -n kube-system', 'get nodes -o wide'] },
  { name: 'get from a server', commands: ['get namespaces', 'get configmaps -A', '--help', '__complete get po'] },
  {
    name: 'server',
    commands: [
      'get configmaps -o yaml',
      'get configmaps -o json',
      'apply -f CONFIGMAP',
      'apply -f CONFIGMAP',
      'describe configmap a',
      'describe namespace default',
      'create configmap c --from-literal=a=b',
      'delete configmap c',
    ],
  },
];
/** The way that begins with a cluster of its own. */
const NEW_CLUSTER = WAYS[0]!.name;

const DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
      - name: web
        image: nginx
        ports:
        - containerPort: 80
`;
const CONFIGMAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: b}\n';

/** Runs commands through the program in one process; then writes which chunks they needed, and the code that was compiled of packs that have no cache yet: of those that were read, or of `packs`. */
const RUN = `
  const { bin, root, home, runs, told, packs, cacheOf } = JSON.parse(process.argv[1]);
  const fs = require('node:fs');
  const v8 = require('node:v8');
  const program = require(bin).programIn(root + '/dist', home + '/cache');
  (async () => {
    for (const { words, kubeconfig } of runs) {
      process.env.KUBECONFIG = kubeconfig;
      const code = await program.chunk(0, 0).main({ argv: ['node', 'minikube-ts', ...words], root, home });
      if (code !== 0) {
        process.stderr.write('error: ' + words.join(' ') + ' ended with ' + code + '\\n');
        process.exit(1);
      }
    }
    const needed = program.chunks.map((chunks) => Object.keys(chunks ?? []).map(Number));
    const read = Object.keys(program.chunks).map(Number);
    const scripts = (cacheOf === '' ? [] : packs ?? read).filter((number) => !fs.existsSync(cacheOf.replace('*', number))).map((number) => [number, program.pack(number).script]);
    v8.setFlagsFromString('--flush-bytecode'); // a cache is only taken by a V8 with the flags it was made with
    fs.writeFileSync(told, JSON.stringify(needed));
    for (const [number, script] of scripts) fs.writeFileSync(cacheOf.replace('*', number), script.createCachedData());
    process.exit(0);
  })();
`;

export interface Warm {
  /** The names of the ways, the longest first, each with the chunks it needs, by their places in pack 0, which must hold all of them. */
  needs(): Promise<{ way: string; chunks: ReadonlySet<number> }[]>;
  /** Writes code caches of all packs, to `cacheOf` with the pack's number for its "*". */
  keepCaches(packs: number, cacheOf: string): Promise<void>;
  end(): Promise<void>;
}

/** On the program that is in dist/ now; the cluster and the server stay until `end`. */
export async function warm(): Promise<Warm> {
  const home = mkdtempSync(join(tmpdir(), 'minikube-ts-build-'));
  const files = {
    DEPLOYMENT: join(home, 'deployment.yaml'),
    CONFIGMAP: join(home, 'configmap.yaml'),
    told: join(home, 'told.json'),
    kubeconfig: join(home, 'kubeconfig'),
  };
  writeFileSync(files.DEPLOYMENT, DEPLOYMENT);
  writeFileSync(files.CONFIGMAP, CONFIGMAP);
  const env = { ...process.env, MINIKUBE_TS_HOME: home, KUBECONFIG: '', NODE_OPTIONS: '' };
  // All of that program's packs stay in the server's memory: dist/ may change under it.
  const server = spawn(
    process.execPath,
    ['bin/minikube-ts.js', 'serve', '--cluster', 'bare', '--bare', '--components', 'apiserver', '--port', '0', '--kubeconfig', files.kubeconfig],
    { env, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await once(server.stdout, 'data');

  let clusters = 0;

  /** The places of the chunks that were evaluated, pack by pack. */
  function run(ways: readonly Way[], cacheOf = '', packs?: readonly number[]): number[][] {
    const runs = ways.flatMap(({ isEmbedded, commands }) =>
      commands.map((line) => ({
        words: line.replace(/[A-Z]{4,}/, (name) => files[name as 'CONFIGMAP']).split(' '),
        kubeconfig: isEmbedded ? '' : files.kubeconfig,
      })),
    );
    if (ways.some(({ name }) => name === NEW_CLUSTER)) clusters++;
    execFileSync(
      process.execPath,
      [
        '-e',
        RUN,
        JSON.stringify({
          bin: resolve('bin/minikube-ts.js'),
          root: resolve('.'),
          home: join(home, `${clusters}`),
          runs,
          told: files.told,
          packs,
          cacheOf: cacheOf === '' ? '' : resolve(cacheOf),
        }),
      ],
      { env, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    return JSON.parse(readFileSync(files.told, 'utf8')) as number[][];
  }

  // A cluster that has just been changed may have to be run once more before it can be only read.
  function leastOf(way: Way): number[] {
    const once = run([way])[0]!;
    if (way.name === NEW_CLUSTER) return once;
    const again = run([way])[0]!;
    return again.length < once.length ? again : once;
  }

  return {
    async needs() {
      return WAYS.map((way) => ({ way: way.name, chunks: new Set(leastOf(way)) }));
    },
    async keepCaches(packs, cacheOf) {
      // What only the long commands compile is not to be read by the short ones.
      run(
        WAYS.filter(({ name }) => name !== NEW_CLUSTER),
        cacheOf,
      );
      run(WAYS, cacheOf, [...Array(packs).keys()]);
    },
    async end() {
      server.kill();
      await once(server, 'exit');
      rmSync(home, { recursive: true, force: true });
    },
  };
}
