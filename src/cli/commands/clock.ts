/** clock: moves the virtual clock of a cluster by hand. */
import { CliError, type Command } from '../command.js';
import { durationMs } from '../flags.js';
import { formatTime } from '../../apimachinery/time.js';
import { targetOf } from '../globalflags.js';

const advance: Command = {
  name: 'advance',
  own: true,
  summary: 'Move the clock forward, and let everything happen that falls due',
  usage: 'DURATION [options]',
  examples: [{ does: 'Ten minutes pass', command: 'clock advance 10m' }],
  async run(context) {
    const [text, ...more] = context.args;
    if (text === undefined || more.length > 0) throw new CliError('specify one duration, such as 10m or 1h30m');
    const ms = durationMs(text);
    if (ms === undefined || ms < 0) throw new CliError(`invalid duration ${JSON.stringify(text)}: use units such as 30s, 10m or 1h30m`);
    const { now } = await context.host.advanceClock(targetOf(context.flags), ms);
    context.out(`${formatTime(now)}\n`);
  },
};

export const clock: Command = {
  name: 'clock',
  own: true,
  summary: 'Move the clock of a cluster',
  usage: 'SUBCOMMAND [options]',
  subcommands: { advance: async () => advance },
  subcommandSummaries: { advance: advance.summary },
};
