/** A part of a cluster that runs by itself: a controller, the scheduler, a kubelet, a server. */
export interface Component {
  readonly name: string;
  /** Resolves when its caches are filled and it is at work. */
  start(): Promise<void>;
  /** Stops taking work, waits for what is in hand, and releases everything. Safe to call twice. */
  stop(): Promise<void>;
}

/** Where a component writes what it did; one line a call, without the line end. */
export interface Log {
  info(line: string): void;
  warning(line: string): void;
  error(line: string): void;
}

export const silentLog: Log = { info() {}, warning() {}, error() {} };
