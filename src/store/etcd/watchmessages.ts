/** What etcd says on a watch's stream. */
import type { KeyValue, StoreEvent } from '../store.js';
import { readMessage } from '../../apimachinery/wire.js';
import type { Keyspace } from './keyspace.js';
import { decodeHeader, decodeKeyValue, numberOf } from './messages.js';

export interface WatchAnswer {
  revision: number;
  id: number;
  created: boolean;
  canceled: boolean;
  /** Not 0: the watch began below it. */
  compactRevision: number;
  reason: string;
  /** More events of the same answer follow. */
  fragment: boolean;
  events: StoreEvent[];
}

export function decodeWatch(bytes: Uint8Array, keys: Keyspace): WatchAnswer {
  const answer: WatchAnswer = { revision: 0, id: 0, created: false, canceled: false, compactRevision: 0, reason: '', fragment: false, events: [] };
  readMessage(bytes, (number, wire) => {
    if (number === 1) answer.revision = decodeHeader(wire.bytes());
    else if (number === 2) answer.id = numberOf(wire);
    else if (number === 3) answer.created = wire.integer() !== 0n;
    else if (number === 4) answer.canceled = wire.integer() !== 0n;
    else if (number === 5) answer.compactRevision = numberOf(wire);
    else if (number === 6) answer.reason = wire.text();
    else if (number === 7) answer.fragment = wire.integer() !== 0n;
    else if (number === 11) answer.events.push(decodeEvent(wire.bytes(), keys));
  });
  return answer;
}

function decodeEvent(bytes: Uint8Array, keys: Keyspace): StoreEvent {
  let deleted = false;
  let kv: KeyValue | undefined;
  let previous: KeyValue | undefined;
  readMessage(bytes, (number, wire) => {
    if (number === 1) deleted = wire.integer() !== 0n;
    else if (number === 2) kv = decodeKeyValue(wire.bytes(), keys);
    else if (number === 3) previous = decodeKeyValue(wire.bytes(), keys);
  });
  if (kv === undefined) throw new Error('etcd told of an event without a key');
  return { type: deleted ? 'delete' : 'put', kv, ...(previous === undefined ? {} : { previous }) };
}
