/**
 * Counts what is under way, so that "settled" has one meaning: no queue item
 * being worked on or waiting, no watch event on its way, no request in flight.
 * Timers do not count: who waits for a time waits on the Clock.
 */
export class Quiescence {
  #held = 0;
  #waiting: (() => void)[] = [];

  /** Something began. Call the returned function, once, when it is over. */
  hold(): () => void {
    this.#held++;
    let over = false;
    return () => {
      if (over) return;
      over = true;
      this.#held--;
      if (this.#held === 0) setImmediate(() => this.#wake());
    };
  }

  get busy(): boolean {
    return this.#held > 0;
  }

  /** Resolves when nothing has been held for one whole turn of the event loop. */
  async settled(): Promise<void> {
    for (;;) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (this.#held === 0) return;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #wake(): void {
    if (this.#held > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
