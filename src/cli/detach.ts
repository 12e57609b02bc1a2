/**
 * --detach-keys: the keys that end a session without ending what runs in the
 * container. Keys that begin the sequence are held back until it is clear
 * whether it goes on; when it does not, the container gets them all.
 */
import { CliError } from './command.js';

export const DETACH_DEFAULT = 'ctrl-p,ctrl-q';

const CONTROLS = '@abcdefghijklmnopqrstuvwxyz[\\]^_';

/** The bytes of "ctrl-p,ctrl-q", as Docker reads such a list. Throws CliError. */
export function detachSequence(keys: string): Uint8Array {
  return Uint8Array.from(keys.split(','), (key) => {
    if (key.length === 1) return key.charCodeAt(0);
    const code = key.startsWith('ctrl-') && key.length === 6 ? CONTROLS.indexOf(key[5]!) : -1;
    if (code >= 0) return code;
    if (key === 'DEL') return 127;
    throw new CliError(`could not bind detach keys: Unknown character: '${key}'`);
  });
}

export class Detacher {
  readonly #sequence: Uint8Array;
  #held = 0;

  constructor(sequence: Uint8Array) {
    this.#sequence = sequence;
  }

  /** What goes on to the container, and whether the sequence is complete. */
  feed(chunk: Uint8Array): { passed: Uint8Array; isDetached: boolean } {
    const passed: number[] = [];
    for (const byte of chunk) {
      if (byte !== this.#sequence[this.#held]) {
        passed.push(...this.#sequence.subarray(0, this.#held));
        this.#held = 0;
      }
      if (byte !== this.#sequence[this.#held]) passed.push(byte);
      else if (++this.#held === this.#sequence.length) return { passed: Uint8Array.from(passed), isDetached: true };
    }
    return { passed: Uint8Array.from(passed), isDetached: false };
  }
}
