/** Shell patterns (*, ?, […]) as regular expressions; what was quoted stands for itself. */
import type { Bytes } from '../bytes.js';

export interface Marked {
  s: Bytes;
  q: boolean;
}

const CLASSES: Record<string, string> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: '0-9A-Fa-f',
  print: ' -~',
  cntrl: '\\x00-\\x1f',
};

/** `lazy` makes stars as short as they can be. */
export function patternSource(pieces: readonly Marked[], lazy = false): string {
  let source = '';
  for (const { s, q } of pieces) {
    for (let at = 0; at < s.length; at++) {
      const char = s[at]!;
      if (q) source += escapeRegex(char);
      else if (char === '*') source += lazy ? '[^]*?' : '[^]*';
      else if (char === '?') source += '[^]';
      else if (char === '\\' && at + 1 < s.length) source += escapeRegex(s[++at]!);
      else if (char === '[') {
        const [set, length] = bracket(s, at);
        source += set;
        at += length - 1;
      } else source += escapeRegex(char);
    }
  }
  return source;
}

/** A POSIX bracket expression at `at` as one of JavaScript's, and how long it was. */
export function bracket(s: Bytes, at: number): [string, number] {
  const found = /^\[([!^]?)(\]?(?:\[:\w+:\]|\\[^]|[^\]])*)\]/.exec(s.slice(at));
  if (found === null) return ['\\[', 1];
  const body = found[2]!
    .replace(/\[:(\w+):\]/g, (_, name: string) => `\0${name}\0`)
    .replace(/[\\\]^[]/g, '\\$&')
    .replace(/\0(\w+)\0/g, (_, name: string) => CLASSES[name] ?? '');
  return [`[${found[1] === '' ? '' : '^'}${body}]`, found[0].length];
}

export function matches(pieces: readonly Marked[], text: Bytes): boolean {
  return new RegExp(`^${patternSource(pieces)}$`).test(text);
}

export function hasPattern(pieces: readonly Marked[]): boolean {
  return pieces.some(({ s, q }) => !q && /[*?]|\[[^]*\]/.test(s));
}

export const escapeRegex = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
