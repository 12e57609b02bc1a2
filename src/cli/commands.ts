/** Every command by name, loaded when it is called, and the groups in which help lists them. */
import type { Command } from './command.js';

export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  get: async () => (await import('./commands/get.js')).get,
};

export const GROUPS: readonly { title: string; commands: Readonly<Record<string, string>> }[] = [
  { title: 'Basic Commands (Intermediate)', commands: { get: 'Display one or many resources' } },
];
