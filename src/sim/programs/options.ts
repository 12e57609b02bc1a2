/** Reads a command's short options as getopt does: "-la", "-n5", "-n 5", "--". */
import type { Bytes } from '../bytes.js';

export interface Options {
  flags: Set<string>;
  values: Record<string, Bytes[]>;
  rest: Bytes[];
  unknown?: string;
}

/** `spec` lists the letters, a colon after those that take a value. Long options: { 'long': 'l' }. */
export function readOptions(args: readonly Bytes[], spec: string, long: Record<string, string> = {}, stopAtFirst = false): Options {
  const options: Options = { flags: new Set(), values: {}, rest: [] };
  for (let at = 0; at < args.length; at++) {
    const word = args[at]!;
    if (word === '--') {
      options.rest.push(...args.slice(at + 1));
      break;
    }
    if (word.startsWith('--')) {
      const [name = '', value] = [word.slice(2).split('=')[0], word.includes('=') ? word.slice(word.indexOf('=') + 1) : undefined];
      const letter = long[name];
      if (letter === undefined) options.unknown ??= `--${name}`;
      else if (spec.includes(`${letter}:`)) (options.values[letter] ??= []).push(value ?? args[++at] ?? '');
      else options.flags.add(letter);
    } else if (word.length > 1 && word[0] === '-') {
      for (let i = 1; i < word.length; i++) {
        const letter = word[i]!;
        if (!spec.includes(letter) || letter === ':') options.unknown ??= letter;
        else if (spec.includes(`${letter}:`)) {
          (options.values[letter] ??= []).push(i + 1 < word.length ? word.slice(i + 1) : (args[++at] ?? ''));
          break;
        } else options.flags.add(letter);
      }
    } else {
      if (stopAtFirst) {
        options.rest.push(...args.slice(at));
        break;
      }
      options.rest.push(word);
    }
  }
  return options;
}
