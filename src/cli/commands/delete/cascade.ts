/** --cascade: what becomes of the objects that hang on the one deleted. */
import { CliError } from '../../command.js';
import type { Context } from '../../context.js';
import type { Flag } from '../../flags.js';

export type Cascade = 'background' | 'foreground' | 'orphan';
export const CASCADE: Readonly<Record<Cascade, string>> = { background: 'Background', foreground: 'Foreground', orphan: 'Orphan' };

export const CASCADE_FLAG: Flag = {
  name: 'cascade',
  type: 'string',
  default: "'background'",
  alone: 'background',
  description:
    'Must be "background", "orphan", or "foreground". Selects the deletion cascading strategy for the dependents (e.g. Pods created by a ReplicationController). Defaults to background.',
};

export function cascadeOf(context: Context): Cascade {
  const known = told.get(context);
  if (known !== undefined) return known;
  const cascade = readCascade(context);
  told.set(context, cascade);
  return cascade;
}

/** What is deprecated is told once, however often it is asked. */
const told = new WeakMap<Context, Cascade>();

function readCascade(context: Context): Cascade {
  const text = context.flags.string('cascade');
  if (text in CASCADE) return text as Cascade;
  const words: [string[], Cascade][] = [
    [['1', 't', 'T', 'true', 'TRUE', 'True'], 'background'],
    [['0', 'f', 'F', 'false', 'FALSE', 'False'], 'orphan'],
  ];
  for (const [known, cascade] of words) {
    if (!known.includes(text)) continue;
    context.err(`warning: --cascade=${text} is deprecated (boolean value) and can be replaced with --cascade=${cascade}.\n`);
    return cascade;
  }
  throw new CliError(`invalid cascade value (${text}). Must be "background", "foreground", or "orphan"`);
}
