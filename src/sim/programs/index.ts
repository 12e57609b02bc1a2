/** Every program by name. Loaded when the first machine starts, not before. */
import type { Program, Programs } from '../machine/machine.js';
import { shell } from '../shell/interpreter.js';
import { AWK } from './awk.js';
import { COMPARE } from './compare.js';
import { DUMPS } from './dumps.js';
import { FILTERS } from './filters.js';
import { IMMEDIATE } from './immediate.js';
import { NETWORK_PROGRAMS } from './network.js';
import { PACKAGES } from './packages.js';
import { PROCESS_PROGRAMS } from './processes.js';
import { TOP } from './procps.js';
import { ROUTE_PROGRAMS } from './routes.js';
import { SED } from './sed.js';
import { SERVERS } from './servers.js';
import { TUTORIALS } from './tutorials.js';
import { TAR } from './tar.js';
import { USERS } from './users.js';
import { vi } from './vi.js';
import { isErrno } from '../machine/types.js';

const immediate = (name: string): Program => ({
  step(sys) {
    try {
      sys.exit(IMMEDIATE[name]!(sys, sys.args, sys.name));
    } catch (error) {
      if (!isErrno(error)) throw error;
      sys.complain(error.message);
      sys.exit(1);
    }
  },
});

const guarded = (program: Program): Program => ({
  step(sys) {
    try {
      program.step(sys);
    } catch (error) {
      if (!isErrno(error)) throw error;
      sys.complain(error.message);
      sys.exit(1);
    }
  },
});

const applet: Program = {
  step(sys) {
    sys.write(2, `${sys.name}: applet not found\n`);
    sys.exit(127);
  },
};

const TABLE: Record<string, Program> = Object.assign(
  Object.create(null) as Record<string, Program>,
  { sh: shell, ash: shell, bash: shell, awk: AWK, sed: SED, tar: TAR, vi, vim: vi },
  FILTERS,
  PROCESS_PROGRAMS,
  NETWORK_PROGRAMS,
  SERVERS,
  TUTORIALS,
  PACKAGES,
  COMPARE,
  USERS,
  DUMPS,
  TOP,
  ROUTE_PROGRAMS,
);
for (const name of Object.keys(TABLE)) if (!['sh', 'ash', 'bash'].includes(name)) TABLE[name] = guarded(TABLE[name]!);
for (const name of Object.keys(IMMEDIATE)) TABLE[name] ??= immediate(name);

export const programs: Programs = (name) => TABLE[name] ?? applet;
