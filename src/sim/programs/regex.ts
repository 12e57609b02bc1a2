/** POSIX regular expressions, basic and extended, as JavaScript's. */
import { bracket } from '../shell/pattern.js';

/** Source of a regular expression; `extended` as with grep -E. */
export function posixRegex(text: string, extended: boolean): string {
  let source = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === '[') {
      const [set, length] = bracket(text.slice(at), 0);
      source += set;
      at += length - 1;
    } else if (char === '\\') {
      const next = text[++at] ?? '';
      if (!extended && '(){}|+?'.includes(next) && next !== '') source += next;
      else if (/[1-9]/.test(next)) source += `\\${next}`;
      else if (next === '<' || next === '>') source += '\\b';
      else if ('wWsSbB'.includes(next) && next !== '') source += `\\${next}`;
      else if (next === 'n' || next === 't' || next === 'r') source += `\\${next}`;
      else source += next.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&');
    } else if (!extended && '(){}|+?'.includes(char)) source += `\\${char}`;
    else if (char === '*' && (source === '' || (!extended && source === '^') || source.endsWith('('))) source += '\\*';
    else if (char === '{' && !/^\{\d*,?\d*\}/.test(text.slice(at))) source += '\\{';
    else if (char === '^' && !extended && source !== '' && !source.endsWith('(') && !source.endsWith('|')) source += '\\^';
    else if (char === '$' && !extended && at < text.length - 1 && !text.startsWith('\\)', at + 1) && !text.startsWith('\\|', at + 1)) source += '\\$';
    else if (char === '/') source += '\\/';
    else source += char;
  }
  return source;
}
