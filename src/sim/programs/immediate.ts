/**
 * Applets that need no second step: they look, print and end. Each answers its
 * exit code. What the shell has built in is called from here too.
 */
import type { Bytes } from '../bytes.js';
import type { Sys } from '../machine/sys.js';
import { FILE_APPLETS } from './files.js';
import { PS } from './procps.js';
import { ROUTE_APPLETS } from './routes.js';
import { SYSTEM_APPLETS } from './system.js';
import { TEXT_APPLETS } from './text.js';

export type Immediate = (sys: Sys, args: Bytes[], name: string) => number;

export const IMMEDIATE: Record<string, Immediate> = Object.assign(
  Object.create(null) as Record<string, Immediate>,
  TEXT_APPLETS,
  FILE_APPLETS,
  SYSTEM_APPLETS,
  PS,
  ROUTE_APPLETS,
);
