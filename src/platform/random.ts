/**
 * Chance, as a value that is passed in: with a seed the same history follows,
 * without one the system's own randomness is used.
 */

export interface Random {
  /** A whole number from 0 up to, and not including, `below`. */
  int(below: number): number;
  /** `length` random bytes. Keys and tokens ask the system itself, never this. */
  bytes(length: number): Uint8Array;
}

// Loading node:crypto costs a tenth of a short command, which mostly draws nothing.
let crypto: typeof import('node:crypto') | undefined;
const randomBytes = (length: number): Buffer => (crypto ??= process.getBuiltinModule('node:crypto')).randomBytes(length);

export const systemRandom: Random = {
  int: (below) => drawn(6).readUIntBE(0, 6) % below,
  bytes: (length) => drawn(length),
};

/** Drawn ahead, because each draw costs a call of the system; handed out once. */
const AHEAD = 2_048;
let ahead: Buffer = Buffer.alloc(0);
let used = 0;
function drawn(length: number): Buffer {
  if (length > AHEAD) return randomBytes(length);
  if (used + length > ahead.length) {
    ahead = randomBytes(AHEAD);
    used = 0;
  }
  return ahead.subarray(used, (used += length));
}

/** A generator with a seed (mulberry32), so that a history can be run again. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
  return {
    int: (below) => next() % below,
    bytes(length) {
      const drawn = new Uint8Array(length);
      for (let at = 0; at < length; at++) drawn[at] = next() & 255;
      return drawn;
    },
  };
}

const SUFFIX_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/** Letters as Kubernetes' own generator of names draws them (k8s.io/apimachinery/pkg/util/rand). */
export function randomSuffix(random: Random, length = 5): string {
  let text = '';
  for (let at = 0; at < length; at++) text += SUFFIX_LETTERS[random.int(SUFFIX_LETTERS.length)];
  return text;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** A version 4 UUID. */
export function randomUid(random: Random): string {
  const bytes = random.bytes(16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  let text = '';
  for (let at = 0; at < 16; at++) text += at === 4 || at === 6 || at === 8 || at === 10 ? `-${HEX[bytes[at]!]!}` : HEX[bytes[at]!]!;
  return text;
}
