/** Brace expansion, bash's first step: a{b,c}d and {1..9}. Syntax alone decides; quoted text and $ parts stay as they are. */
import type { Bytes } from '../bytes.js';
import type { Part, Word } from './ast.js';

type Token = string | Part;

const WORDS_MAX = 100_000;

export function withoutBraces(word: Word): Word[] {
  if (!word.some((part) => part.t === 'lit' && part.q !== true && part.s.includes('{'))) return [word];
  const tokens = word.flatMap((part): Token[] => (part.t === 'lit' && part.q !== true ? Array.from(part.s) : [part]));
  return expanded(tokens).slice(0, WORDS_MAX).map(asWord);
}

function expanded(tokens: readonly Token[]): Token[][] {
  for (let open = tokens.indexOf('{'); open >= 0; open = tokens.indexOf('{', open + 1)) {
    const group = groupAt(tokens, open);
    const choices =
      group === undefined
        ? undefined
        : choicesOf(
            tokens.slice(open + 1, group.close),
            group.commas.map((at) => at - open - 1),
          );
    if (choices === undefined) continue;
    const rest = expanded(tokens.slice(group!.close + 1));
    return choices.flatMap((choice) => expanded(choice).flatMap((middle) => rest.map((tail) => [...tokens.slice(0, open), ...middle, ...tail])));
  }
  return [[...tokens]];
}

function groupAt(tokens: readonly Token[], open: number): { close: number; commas: number[] } | undefined {
  const commas: number[] = [];
  for (let at = open, depth = 0; at < tokens.length; at++) {
    if (tokens[at] === '{') depth++;
    else if (tokens[at] === '}' && --depth === 0) return { close: at, commas };
    else if (tokens[at] === ',' && depth === 1) commas.push(at);
  }
  return undefined;
}

/** undefined: these braces are no more than text. */
function choicesOf(inside: readonly Token[], commas: readonly number[]): Token[][] | undefined {
  if (commas.length > 0) return [-1, ...commas].map((from, at) => inside.slice(from + 1, commas[at] ?? inside.length));
  if (!inside.every((token) => typeof token === 'string')) return undefined;
  const found = /^(?:(-?\d+)\.\.(-?\d+)|([A-Za-z])\.\.([A-Za-z]))(?:\.\.(-?\d+))?$/.exec(inside.join(''));
  if (found === null) return undefined;
  const isNumber = found[1] !== undefined;
  const [first, last] = isNumber ? [Number(found[1]), Number(found[2])] : [found[3]!.charCodeAt(0), found[4]!.charCodeAt(0)];
  const width = isNumber && [found[1]!, found[2]!].some((text) => /^-?0\d/.test(text)) ? Math.max(found[1]!.length, found[2]!.length) : 0;
  const step = Math.max(1, Math.abs(Number(found[5] ?? 1))) * (first <= last ? 1 : -1);
  const values: Token[][] = [];
  for (let value = first; (step > 0 ? value <= last : value >= last) && values.length < WORDS_MAX; value += step) {
    values.push(
      isNumber ? Array.from(value < 0 ? `-${String(-value).padStart(width - 1, '0')}` : String(value).padStart(width, '0')) : [String.fromCharCode(value)],
    );
  }
  return values;
}

function asWord(tokens: readonly Token[]): Word {
  const word: Word = [];
  for (const token of tokens) {
    const last = word.at(-1);
    if (typeof token !== 'string') word.push(token);
    else if (last?.t === 'lit' && last.q !== true) last.s += token as Bytes;
    else word.push({ t: 'lit', s: token });
  }
  return word.length > 0 ? word : [{ t: 'lit', s: '', q: true }];
}
