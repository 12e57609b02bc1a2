/**
 * Builds what bin/minikube-ts.js runs: the program, split into chunks where the
 * source loads lazily, and these linked into packs by which of the commands that
 * people type most need them, so that a short command reads little. The kinds'
 * zod schemas go in as what they compile to. The code caches of those commands
 * go into dist/ too, so that the first command on this Node is as quick as the
 * second.
 */
import { build } from 'esbuild';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { linked, type Chunks } from './src/build/link.js';
import { precompiled } from './src/build/precompiled.js';
import { warm } from './src/build/warm.js';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const engine = `${process.versions.v8}-${process.arch}`;

/** Below this many bytes, chunks that no usual command needs lie in one pack. */
const SMALL = 40_000;

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');
const { entry, chunks } = await split();
const all = [entry, ...[...chunks.keys()].filter((name) => name !== entry)];
await write([all]);
const program = await warm();
try {
  const packs = packed(all, await program.needs());
  await write(packs);
  await program.keepCaches(packs.length, `dist/program-*-${engine}.cache`);
} finally {
  await program.end();
}

async function split(): Promise<{ entry: string; chunks: Chunks }> {
  const { outputFiles, metafile } = await build({
    entryPoints: { main: 'src/cluster/main.ts' },
    outdir: 'dist',
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    // The binding is a native file inside its package, found at run time; gRPC is needed towards an etcd alone.
    external: ['@photostructure/sqlite', '@grpc/grpc-js', 'bufferutil', 'utf-8-validate'],
    define: { MINIKUBE_TS_VERSION: JSON.stringify(version), 'import.meta.filename': 'undefined' },
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [precompiled],
    metafile: true,
    write: false,
  });
  const nameOf = (path: string): string => path.replace(/^.*[\\/]/, '');
  const entry = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === 'src/cluster/main.ts')![0];
  return { entry: nameOf(entry), chunks: new Map(outputFiles.map(({ path, text }) => [nameOf(path), text])) };
}

/** Chunks that the same usual commands need lie together, the entry first. The long commands may read as many packs as there are. */
function packed(names: readonly string[], [long, ...short]: readonly { way: string; chunks: ReadonlySet<number> }[]): string[][] {
  const packs = new Map<string, string[]>();
  names.forEach((name, at) => {
    const ways = short.flatMap(({ way, chunks: needed }) => (needed.has(at) ? [way] : []));
    const others = long!.chunks.has(at) ? long!.way : chunks.get(name)!.length > SMALL ? name : 'no usual command';
    const key = ways.length > 0 ? ways.join(', ') : others;
    packs.set(key, [...(packs.get(key) ?? []), name]);
  });
  return [...packs.values()];
}

async function write(packs: readonly (readonly string[])[]): Promise<void> {
  (await linked(chunks, packs)).forEach((source, number) => writeFileSync(`dist/program-${number}.cjs`, source));
}
