/** options: the flags that every command takes. */
import type { Command } from '../command.js';
import { globalOptions } from '../help.js';

export const options: Command = {
  name: 'options',
  summary: 'Print the list of flags inherited by all commands',
  usage: '',
  hidden: true,
  run: async (context) => context.out(globalOptions(context.terminal.stdout)),
};
