/** alpha: where kubectl keeps commands that may go again. It has none now, and says so whatever is asked of it. */
import type { Command } from '../command.js';

export const alpha: Command = {
  name: 'alpha',
  summary: 'Commands for features in alpha',
  about: 'These commands correspond to alpha features that are not enabled in Kubernetes clusters by default.',
  usage: '[options]',
  examples: [{ does: 'Say that there are none', command: 'alpha' }],
  hidden: true,
  wordsOnly: true,
  run: async (context) => context.err('No alpha commands are available in this version of kubectl\n'),
};
