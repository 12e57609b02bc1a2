/**
 * SQLite's native part, loaded the short way: the package's own loader searches
 * its folders for the right binary and costs more than a whole `get`. Where the
 * binary is not where it is expected, or does not load, the package finds it.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type * as Sqlite from '@photostructure/sqlite';

const NAME = '@photostructure/sqlite';

// What is built has no import.meta.
const here = import.meta.filename ?? __filename;

export const DatabaseSync = load().DatabaseSync;

function load(): Pick<typeof Sqlite, 'DatabaseSync'> {
  return loadBinary() ?? (process.getBuiltinModule('node:module').createRequire(here)(NAME) as typeof Sqlite);
}

function loadBinary(): Pick<typeof Sqlite, 'DatabaseSync'> | undefined {
  // The package names its binaries so on every system, macOS and Windows too.
  const libc = existsSync('/etc/alpine-release') ? 'musl' : 'glibc';
  const binary = installed(join('prebuilds', `${process.platform}-${process.arch}`, `@photostructure+sqlite.${libc}.node`));
  if (binary === undefined) return undefined;
  try {
    const module = { exports: {} };
    process.dlopen(module, binary);
    return module.exports as Pick<typeof Sqlite, 'DatabaseSync'>;
  } catch (error) {
    // Another layout of the package, or another C library: its own loader knows.
    if (typeof (error as NodeJS.ErrnoException).code !== 'string') throw error;
    return undefined;
  }
}

/** A file of the package, searched as Node searches packages: upwards through node_modules. Node's own search reads package.json files on its way, and takes 4 ms. */
function installed(file: string): string | undefined {
  for (let folder = dirname(here), above; ; folder = above) {
    const path = join(folder, 'node_modules', NAME, file);
    if (existsSync(path)) return path;
    above = dirname(folder);
    if (above === folder) return undefined;
  }
}
