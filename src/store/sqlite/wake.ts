/**
 * The wake file beside a store: touched after each commit, watched by the
 * processes that read. It carries nothing; who is woken asks the database.
 * Where the system cannot report changes of files, readers look by the clock.
 */
import { closeSync, openSync, watch, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clock } from '../../platform/clock.js';

/** How often readers look where file events fail. */
const LOOK_MS = 250;

export interface WakeOptions {
  /** The database's path. */
  path: string;
  clock: Clock;
  /** false: as on a system without file events. */
  fileEvents: boolean;
}

export class Wake {
  readonly #options: WakeOptions;
  readonly #path: string;
  #fd: number | undefined;
  #failed = false;
  #stop: (() => void) | undefined;

  constructor(options: WakeOptions) {
    this.#options = options;
    this.#path = join(dirname(options.path), 'wake');
  }

  /** Wakes the readers. Never fails: a commit is a commit, and a reader that is not woken looks later. */
  touch(): void {
    if (this.#failed) return;
    try {
      this.#fd ??= openSync(this.#path, 'w', 0o600);
      writeSync(this.#fd, '.', 0);
    } catch (error) {
      // A full disk or a read-only folder.
      if (!isSystemError(error)) throw error;
      this.#failed = true;
    }
  }

  listen(changed: () => void): void {
    if (!this.#options.fileEvents || !this.#watch(changed)) this.#lookAgain(changed);
  }

  close(): void {
    this.#stop?.();
    this.#stop = undefined;
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    this.#failed = true;
  }

  #watch(changed: () => void): boolean {
    try {
      closeSync(openSync(this.#path, 'a', 0o600));
      const watcher = watch(this.#path, () => changed());
      watcher.on('error', () => {
        watcher.close();
        if (this.#stop !== undefined) this.#lookAgain(changed);
      });
      this.#stop = () => watcher.close();
      return true;
    } catch (error) {
      // No more inotify watches, or a folder that may not be written.
      if (!isSystemError(error)) throw error;
      return false;
    }
  }

  #lookAgain(changed: () => void): void {
    this.#stop = this.#options.clock.after(LOOK_MS, () => {
      changed();
      if (this.#stop !== undefined) this.#lookAgain(changed);
    });
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string';
}
