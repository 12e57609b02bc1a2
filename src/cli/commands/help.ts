/** help: of any command, by its words. */
import type { Command } from '../command.js';
import { COMMANDS } from '../commands.js';
import { printHelp, printTopHelp } from '../help.js';

export const help: Command = {
  name: 'help',
  summary: 'Help about any command',
  usage: '[command]',
  hidden: true,
  stopAtArgument: true,
  flags: [{ name: 'reference', type: 'bool', description: 'Print the reference of all commands, as Markdown.' }],
  run: async (context): Promise<number | void> => {
    const { args, flags, host } = context;
    if (flags.bool('reference')) return context.out(await (await import('../reference.js')).reference(host.program));
    if (args.length === 0) return printTopHelp(host);
    const load = COMMANDS[args[0]!];
    if (load === undefined) {
      context.err(`Unknown help topic [${args.map((arg) => `\`${arg}\``).join(' ')}]\n`);
      return printTopHelp({ ...host, terminal: { ...host.terminal, stdout: host.terminal.stderr } });
    }
    let command = await load();
    const path = [command.name];
    for (const word of args.slice(1)) {
      const sub = command.subcommands?.[word];
      if (sub === undefined) break;
      command = await sub();
      path.push(command.name);
    }
    return printHelp(command, path, host, 0);
  },
};
