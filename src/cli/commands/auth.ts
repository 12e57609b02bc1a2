/** auth: may I, who am I, and roles brought to what a file says. */
import type { Command } from '../command.js';

export const auth: Command = {
  name: 'auth',
  helpTo: 'stderr',
  summary: 'Inspect authorization',
  usage: '[flags] [options]',
  subcommands: {
    'can-i': async () => (await import('./auth/cani.js')).canI,
    reconcile: async () => (await import('./auth/reconcile.js')).reconcile,
    whoami: async () => (await import('./auth/whoami.js')).whoami,
  },
  subcommandSummaries: {
    'can-i': 'Check whether an action is allowed',
    reconcile: 'Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding objects',
    whoami: 'Experimental: Check self subject attributes',
  },
};
