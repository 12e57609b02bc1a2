/**
 * Small records that servers share through a store, as JSON, and records that
 * one server holds for as long as it lives: another may take them when it has
 * not been heard of for HOLD_SECONDS.
 */
import type { Clock } from '../platform/clock.js';
import type { Compare, Store } from '../store/store.js';

const HOLD_SECONDS = 15;
const BEAT_MS = 5_000;

export class Records {
  readonly store: Store;
  readonly #root: string;

  constructor(store: Store, root: string) {
    this.store = store;
    this.#root = root;
  }

  /** undefined: there is none. */
  async read<T>(name: string): Promise<T | undefined> {
    return (await this.find<T>(name))?.value;
  }

  async find<T>(name: string): Promise<{ value: T; modRevision: number } | undefined> {
    const [kv] = (await this.store.range({ key: this.#root + name })).kvs;
    return kv && { value: JSON.parse(Buffer.from(kv.value).toString()) as T, modRevision: kv.modRevision };
  }

  /** False: there is one already. */
  create(name: string, value: object, lease?: number): Promise<boolean> {
    return this.write(name, value, { seen: 0, ...(lease === undefined ? {} : { lease }) });
  }

  /** False: it has changed since it was `seen`. */
  async write(name: string, value: object, { seen, lease }: { seen?: number; lease?: number } = {}): Promise<boolean> {
    const key = this.#root + name;
    const compare: Compare[] = seen === undefined ? [] : [{ key, target: 'mod', op: '=', operand: seen }];
    const { succeeded } = await this.store.txn({
      compare,
      success: [{ type: 'put', key, value: Buffer.from(JSON.stringify(value)), ...(lease === undefined ? {} : { lease }) }],
      failure: [],
    });
    return succeeded;
  }
}

export interface Holder {
  id: string;
  hostname: string;
}

export interface Held {
  /** Says more about the holder. */
  tell(more: object): Promise<void>;
  /** Called once, when another has it. */
  onLost(lost: () => void): void;
  /** Safe to call twice. */
  release(): Promise<void>;
}

/** undefined: another holds it. What the same holder held in a former life is its own again. */
export async function hold(records: Records, name: string, holder: Holder, clock: Clock): Promise<Held | undefined> {
  let told: object = holder;
  let lease = await take(records, name, { ...holder });
  if (lease === undefined) return undefined;
  let over = false;
  let lost = (): void => {};
  // One at a time, or one would find the record changed by the other. An etcd that does not answer is asked again by the next.
  let beating: Promise<void> | undefined;
  const cancel = clock.beat(
    BEAT_MS,
    () =>
      (beating ??= beat()
        .catch(() => {})
        .finally(() => (beating = undefined))),
  );
  return {
    async tell(more) {
      told = { ...told, ...more };
      if (lease !== undefined && !over) await records.write(name, told, { lease });
    },
    onLost: (listener) => (lost = listener),
    async release() {
      if (over) return;
      end();
      await records.store.leaseRevoke(lease!);
    },
  };

  async function beat(): Promise<void> {
    if ((await records.store.leaseKeepAlive(lease!)) !== undefined || over) return;
    lease = await take(records, name, { ...holder, ...told });
    if (lease !== undefined) return;
    end();
    lost();
  }

  function end(): void {
    over = true;
    cancel();
  }
}

/** The lease that keeps it. */
async function take(records: Records, name: string, holder: Holder): Promise<number | undefined> {
  const { id } = await records.store.leaseGrant(HOLD_SECONDS);
  const found = await records.find<Holder>(name);
  const free = found === undefined || found.value.id === holder.id;
  if (free && (await records.write(name, holder, { seen: found?.modRevision ?? 0, lease: id }))) return id;
  await records.store.leaseRevoke(id);
  return undefined;
}
