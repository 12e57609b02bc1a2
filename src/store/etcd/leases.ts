/** Leases of an etcd: granted under numbers that we choose, because etcd's own do not fit in 53 bits. */
import type { Clock } from '../../platform/clock.js';
import type { Random } from '../../platform/random.js';
import { readMessage } from '../../apimachinery/wire.js';
import type { Lease } from '../store.js';
import { isRequestError, leaseExists } from '../errors.js';
import type { Connection } from './connection.js';
import { encode } from './encode.js';
import { storeError } from './failures.js';
import type { Keyspace } from './keyspace.js';
import { numberOf } from './messages.js';

const SERVICE = '/etcdserverpb.Lease';
const ID_MAX = 2 ** 47;

export interface LeasesOptions {
  connection: Connection;
  keys: Keyspace;
  clock: Clock;
  random: Random;
}

export class Leases {
  readonly #options: LeasesOptions;

  constructor(options: LeasesOptions) {
    this.#options = options;
  }

  /** `id` 0: any that is free. */
  async grant(ttlSeconds: number, id: number): Promise<Lease> {
    for (;;) {
      const chosen = id === 0 ? this.#options.random.int(ID_MAX) + 1 : id;
      try {
        return await this.#grant(ttlSeconds, chosen);
      } catch (error) {
        if (id !== 0 || !isRequestError(error) || error.message !== leaseExists().message) throw error;
      }
    }
  }

  async #grant(ttlSeconds: number, id: number): Promise<Lease> {
    const { connection, clock } = this.#options;
    const answer = await connection.unary(
      `${SERVICE}/LeaseGrant`,
      encode([
        [1, ttlSeconds],
        [2, id],
      ]),
      { repeatable: false },
    );
    let ttl = ttlSeconds;
    readMessage(answer, (number, wire) => {
      if (number === 3) ttl = numberOf(wire);
    });
    return { id, grantedTtlSeconds: ttl, expiresMs: clock.now() + ttl * 1_000, keys: [] };
  }

  async revoke(id: number): Promise<void> {
    await this.#options.connection.unary(`${SERVICE}/LeaseRevoke`, encode([[1, id]]), { repeatable: false });
  }

  /** undefined: there is no such lease. */
  async keepAlive(id: number): Promise<Lease | undefined> {
    const { connection } = this.#options;
    const ttl = await new Promise<number>((resolve, reject) => {
      const { stream, broken } = connection.stream(`${SERVICE}/LeaseKeepAlive`, { brief: true });
      stream.on('error', (error) => {
        broken();
        reject(storeError(error, connection.name));
      });
      stream.on('data', (bytes: Uint8Array) => {
        let told = 0;
        readMessage(bytes, (number, wire) => {
          if (number === 3) told = numberOf(wire);
        });
        resolve(told);
        stream.end();
      });
      stream.write(encode([[1, id]]));
    });
    return ttl <= 0 ? undefined : this.#look(id);
  }

  async list(): Promise<Lease[]> {
    const answer = await this.#options.connection.unary(`${SERVICE}/LeaseLeases`, new Uint8Array(0), { repeatable: true });
    const ids: bigint[] = [];
    readMessage(answer, (number, wire) => {
      if (number === 2) readMessage(wire.bytes(), (field, id) => field === 1 && ids.push(id.integer()));
    });
    const found = await Promise.all(ids.map((id) => this.#look(id)));
    return found.filter((lease) => lease !== undefined).sort((a, b) => a.id - b.id);
  }

  /** undefined: it has ended. */
  async #look(id: bigint | number): Promise<Lease | undefined> {
    const { connection, clock, keys } = this.#options;
    const answer = await connection.unary(
      `${SERVICE}/LeaseTimeToLive`,
      encode([
        [1, id],
        [2, true],
      ]),
      { repeatable: true },
    );
    const names: string[] = [];
    let [ttl, granted] = [0, 0];
    readMessage(answer, (number, wire) => {
      if (number === 3) ttl = numberOf(wire);
      else if (number === 4) granted = numberOf(wire);
      else if (number === 5) names.push(wire.text());
    });
    if (ttl < 0) return undefined;
    // In seconds, rounded down: as much as etcd says.
    return {
      id: Number(id),
      grantedTtlSeconds: granted,
      expiresMs: clock.now() + ttl * 1_000,
      keys: names.flatMap((name) => keys.fromEtcd(name) ?? []).sort(),
    };
  }
}
