/**
 * SQLite's native part, loaded the short way: the package's own loader searches
 * its folders for the right binary and costs more than a whole `get`. Where the
 * binary is not where it is expected, or does not load, the package finds it.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type * as Sqlite from '@photostructure/sqlite';

const NAME = '@photostructure/sqlite';

// A CommonJS bundle has no import.meta.
const require = createRequire(import.meta.url ?? (typeof __filename === 'string' ? __filename : process.argv[1]!));

export const DatabaseSync = load().DatabaseSync;

function load(): Pick<typeof Sqlite, 'DatabaseSync'> {
  return loadBinary() ?? (require(NAME) as typeof Sqlite);
}

function loadBinary(): Pick<typeof Sqlite, 'DatabaseSync'> | undefined {
  // The package names its binaries so on every system, macOS and Windows too.
  const libc = existsSync('/etc/alpine-release') ? 'musl' : 'glibc';
  try {
    const folder = join(dirname(require.resolve(`${NAME}/package.json`)), 'prebuilds', `${process.platform}-${process.arch}`);
    const module = { exports: {} };
    process.dlopen(module, join(folder, `@photostructure+sqlite.${libc}.node`));
    return module.exports as Pick<typeof Sqlite, 'DatabaseSync'>;
  } catch (error) {
    // Another layout of the package, or another C library: its own loader knows.
    if (typeof (error as NodeJS.ErrnoException).code !== 'string') throw error;
    return undefined;
  }
}
