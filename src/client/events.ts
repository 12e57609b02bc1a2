/**
 * Records core/v1 Events as kube components do: written in the background, in
 * order; a repeated event raises a count; many alike are combined; one object
 * with too many is muted. The numbers are client-go's.
 */
import { Event as EventKind } from '../api/core/event.js';
import type { Event } from '../api/core/types/event.js';
import type { ObjectReference } from '../api/core/types/reference.js';
import type { KubeObject, ObjectDraft } from '../apimachinery/object.js';
import { isAlreadyExists, isNotFound, isStatusError } from '../apimachinery/status.js';
import { formatTime } from '../apimachinery/time.js';
import { fnv32a } from '../apimachinery/hash.js';
import type { Clock } from '../platform/clock.js';
import type { Log } from '../platform/component.js';
import type { Quiescence } from '../platform/quiescence.js';
import type { Client } from './client.js';

export interface EventRecorder {
  /** `type` is Normal or Warning. */
  event(about: KubeObject | ObjectReference, type: 'Normal' | 'Warning', reason: string, message: string): void;
  /** The same with metadata.annotations. */
  annotatedEvent(about: KubeObject | ObjectReference, annotations: Record<string, string>, type: 'Normal' | 'Warning', reason: string, message: string): void;
  /** Of objects that something is wrong with: what was told of them last, so that the next process counts on. */
  saved?(): SavedEvents;
  restore?(saved: SavedEvents): void;
}

export type SavedEvents = readonly (readonly [key: string, logged: Logged])[];

export interface RecorderOptions {
  client: Client;
  clock: Clock;
  quiescence: Quiescence;
  log: Log;
  component: string;
  host?: string;
}

const BURST = 25;
const REFILL_PER_MS = 1 / 300_000;
const SIMILAR_MAX = 10;
const SIMILAR_MS = 600_000;
const REMEMBERED_MAX = 4096;
const WAITING_MAX = 1_000;
const TRIES_MAX = 12;
const TRY_AGAIN_MS = 10_000;
const MESSAGE_MAX = 1024;
const SAVED_MAX = 60;

export interface Logged {
  name: string;
  count: number;
  firstTimestamp: string;
  /** uid of the object, and whether it was a warning. */
  about?: string;
  warns?: boolean;
}

export function createEventRecorder(options: RecorderOptions): EventRecorder {
  const { clock, component, host } = options;
  const logged = new Map<string, Logged>();
  const correlate = correlator(clock, logged);
  const nextNanos = nanosOf(options);
  const send = sink(options);
  const annotatedEvent: EventRecorder['annotatedEvent'] = (about, annotations, type, reason, message) => {
    const involvedObject = referenceTo(about);
    const timestamp = formatTime(clock.now());
    const namespace = involvedObject.namespace === undefined || involvedObject.namespace === '' ? 'default' : involvedObject.namespace;
    const event: ObjectDraft<Event> = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${involvedObject.name}.${nextNanos().toString(16)}`, namespace, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
      involvedObject,
      reason,
      message: message.slice(0, MESSAGE_MAX),
      source: { component, ...(host === undefined ? {} : { host }) },
      firstTimestamp: timestamp,
      lastTimestamp: timestamp,
      count: 1,
      type,
      eventTime: null,
      reportingComponent: component,
      reportingInstance: host ?? '',
    };
    const told = correlate(event);
    if (told !== undefined) send(told);
  };
  const saved = (): SavedEvents => {
    const troubled = new Set([...logged.values()].flatMap(({ about, warns }) => (warns === true && about !== undefined ? [about] : [])));
    return troubled.size === 0 ? [] : [...logged].filter(([, { about }]) => about !== undefined && troubled.has(about)).slice(-SAVED_MAX);
  };
  const restore = (events: SavedEvents): void => {
    for (const [key, known] of events) logged.set(key, { ...known });
  };
  return { saved, restore, annotatedEvent, event: (about, type, reason, message) => annotatedEvent(about, {}, type, reason, message) };
}

/** What an event's involvedObject says of an object. */
export function referenceTo(about: KubeObject | ObjectReference): ObjectReference {
  if (!('metadata' in about)) return about;
  const { apiVersion, kind, metadata } = about as KubeObject;
  return {
    kind,
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    name: metadata.name!,
    ...(metadata.uid === undefined ? {} : { uid: metadata.uid }),
    apiVersion,
    ...(metadata.resourceVersion === undefined ? {} : { resourceVersion: metadata.resourceVersion }),
  };
}

/**
 * Names end in the time in nanoseconds. Two of one millisecond must still differ, and sort as they happened; those of
 * another component are kept apart by a place of its own within the millisecond.
 */
export function nanosOf({ clock, component, host }: Pick<RecorderOptions, 'clock' | 'component' | 'host'>): () => bigint {
  const place = BigInt(fnv32a(`${component}/${host ?? ''}`) % PLACES);
  let last = 0n;
  return () => {
    const now = BigInt(clock.now()) * 1_000_000n + place;
    last = now > last ? now : last + 1n;
    return last;
  };
}

/** Room is left behind the last place for many events of one millisecond. */
const PLACES = 900_000;

type Correlated = { event: ObjectDraft<Event>; key: string; logged: Map<string, Logged>; patch: boolean };

function correlator(clock: Clock, logged: Map<string, Logged>): (event: ObjectDraft<Event>) => Correlated | undefined {
  const buckets = new Map<string, { tokens: number; at: number }>();
  const similar = new Map<string, { messages: Set<string>; at: number }>();
  return (event) => {
    if (isSpam(buckets, event, clock.now())) return undefined;
    const alike = aggregate(similar, event, clock.now());
    const { metadata: _metadata, firstTimestamp: _first, lastTimestamp: _last, count: _count, ...same } = event;
    const key = alike.combined ?? JSON.stringify({ ...same, involvedObject: { ...same.involvedObject, resourceVersion: undefined } });
    const before = logged.get(key);
    const combined = alike.combined === undefined ? event : { ...event, message: `(combined from similar events): ${event.message}` };
    if (before === undefined) {
      remember(logged, key, {
        name: event.metadata!.name!,
        count: 1,
        firstTimestamp: event.firstTimestamp!,
        about: event.involvedObject!.uid,
        ...(event.type === 'Warning' && { warns: true }),
      });
      return { event: combined, key, logged, patch: false };
    }
    before.count += 1;
    remember(logged, key, before);
    return {
      event: { ...combined, metadata: { ...event.metadata, name: before.name }, firstTimestamp: before.firstTimestamp, count: before.count },
      key,
      logged,
      patch: true,
    };
  };
}

function isSpam(buckets: Map<string, { tokens: number; at: number }>, { source, involvedObject: about }: ObjectDraft<Event>, now: number): boolean {
  const key = [source?.component, source?.host, about?.kind, about?.namespace, about?.name, about?.uid, about?.apiVersion].join('\0');
  const bucket = buckets.get(key) ?? { tokens: BURST, at: now };
  const tokens = Math.min(BURST, bucket.tokens + (now - bucket.at) * REFILL_PER_MS);
  remember(buckets, key, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now });
  return tokens < 1;
}

function aggregate(similar: Map<string, { messages: Set<string>; at: number }>, event: ObjectDraft<Event>, now: number): { combined?: string } {
  const { source, involvedObject, type, reason, message = '' } = event;
  const key = JSON.stringify([source, { ...involvedObject, resourceVersion: undefined }, type, reason]);
  const known = similar.get(key);
  const record = known !== undefined && now - known.at <= SIMILAR_MS ? known : { messages: new Set<string>(), at: now };
  record.messages.add(message);
  record.at = now;
  remember(similar, key, record);
  if (record.messages.size < SIMILAR_MAX) return {};
  record.messages.delete(record.messages.values().next().value!);
  return { combined: key };
}

function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > REMEMBERED_MAX) map.delete(map.keys().next().value!);
}

/** Writes one after the other. */
function sink({ client, clock, quiescence, log }: RecorderOptions): (told: Correlated) => void {
  const waiting: { told: Correlated; release: () => void }[] = [];
  let atWork = false;

  async function pump(): Promise<void> {
    atWork = true;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { told, release } = next;
      await write(told, 0).finally(release);
    }
    atWork = false;
  }

  async function write(told: Correlated, tries: number): Promise<void> {
    try {
      await writeOnce(client, told);
    } catch (error) {
      if (isAlreadyExists(error)) return write(renamed(told), tries);
      if (isStatusError(error)) log.warning(`Server rejected event (will not retry!): ${error.message}`);
      else if (tries + 1 >= TRIES_MAX) log.error(`Unable to write event (retry limit exceeded!): ${String(error)}`);
      else clock.after(TRY_AGAIN_MS, () => void write(told, tries + 1));
    }
  }

  return (told) => {
    if (waiting.length >= WAITING_MAX) return; // as client-go's broadcaster: dropped when the channel is full
    waiting.push({ told, release: quiescence.hold() });
    if (!atWork) void pump();
  };
}

/** A process before this one may have told of something else in the same moment of the cluster's clock. */
function renamed(told: Correlated): Correlated {
  const { name } = told.event.metadata!;
  const dot = name!.lastIndexOf('.');
  const next = `${name!.slice(0, dot)}.${(BigInt(`0x${name!.slice(dot + 1)}`) + 1n).toString(16)}`;
  const known = told.logged.get(told.key);
  if (known !== undefined && known.name === name) known.name = next;
  return { ...told, event: { ...told.event, metadata: { ...told.event.metadata, name: next } } };
}

async function writeOnce(client: Client, { event, key, logged, patch }: Correlated): Promise<void> {
  const events = client.on(EventKind);
  const { namespace, name } = event.metadata as { namespace: string; name: string };
  if (patch) {
    try {
      await events.patch({ namespace, name }, 'strategic', { message: event.message, count: event.count, lastTimestamp: event.lastTimestamp });
      return;
    } catch (error) {
      if (!isNotFound(error)) throw error; // it has expired: write it anew
    }
  }
  const written = await events.create(event as ObjectDraft<Event>);
  const known = logged.get(key);
  if (known !== undefined) known.name = written.metadata.name!;
}
