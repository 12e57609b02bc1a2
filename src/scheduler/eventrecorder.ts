/**
 * Events as the scheduler writes them: events.k8s.io/v1, with the controller
 * that reports and what it was doing. One that happens again to the same
 * version of an object becomes a series, whose count is written when it begins,
 * every half an hour while it lasts, and when it is over.
 */
import { Event as EventKind } from '../api/events/event.js';
import type { Event } from '../api/events/types/event.js';
import type { KubeObject, ObjectDraft } from '../apimachinery/object.js';
import { isAlreadyExists, isNotFound, isStatusError } from '../apimachinery/status.js';
import { formatMicroTime } from '../apimachinery/time.js';
import type { Client } from '../client/client.js';
import { nanosOf, referenceTo } from '../client/events.js';
import type { Clock } from '../platform/clock.js';
import type { Log } from '../platform/component.js';
import type { Quiescence } from '../platform/quiescence.js';

export interface Recorder {
  /** `action` is what was done or tried, `related` what it was done for. */
  event(regarding: KubeObject, told: { type: 'Normal' | 'Warning'; reason: string; action: string; note: string; related?: KubeObject }): void;
}

export interface Broadcaster {
  /** The recorder of one who reports, by name. */
  recorder(reportingController: string): Recorder;
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
}

export interface BroadcasterOptions {
  client: Client;
  clock: Clock;
  quiescence: Quiescence;
  log: Log;
  hostname: string;
}

const NOTE_MAX = 1_024;
const WAITING_MAX = 1_000;
const REMEMBERED_MAX = 4_096;
const TRIES_MAX = 12;
const TRY_AGAIN_MS = 10_000;
const FINISHED_AFTER_MS = 360_000;
const REFRESH_EVERY_MS = 1_800_000;

interface Known {
  readonly draft: ObjectDraft<Event>;
  name: string;
  readonly since: number;
  series?: { count: number; last: number; written: number };
}

interface Write {
  readonly known: Known;
  readonly release: () => void;
}

export function createBroadcaster(options: BroadcasterOptions): Broadcaster {
  const { clock, quiescence, log, hostname } = options;
  const events = options.client.on(EventKind);
  const known = new Map<string, Known>();
  const waiting: Write[] = [];
  const retries = new Set<() => void>();
  let pumping: Promise<void> | undefined;
  let cancelTidy: (() => void) | undefined;

  function told(draft: ObjectDraft<Event>): void {
    const key = keyOf(draft);
    const before = known.get(key);
    const now = clock.now();
    if (before === undefined) {
      const first: Known = { draft, name: draft.metadata!.name!, since: now };
      if (known.size >= REMEMBERED_MAX) known.delete(known.keys().next().value!);
      known.set(key, first);
      write(first);
    } else if (before.series === undefined) {
      before.series = { count: 2, last: now, written: now };
      write(before);
    } else {
      before.series.count += 1;
      before.series.last = now;
    }
    cancelTidy ??= clock.after(FINISHED_AFTER_MS, tidy);
  }

  /** Writes the end of what has not happened again for a while, and the state of what goes on. */
  function tidy(): void {
    cancelTidy = undefined;
    const now = clock.now();
    for (const [key, one] of known) {
      const isOver = (one.series?.last ?? one.since) < now - FINISHED_AFTER_MS + 1;
      if (isOver) known.delete(key);
      if (one.series === undefined || (!isOver && one.series.written > now - REFRESH_EVERY_MS)) continue;
      one.series.written = now;
      write(one);
    }
    if (known.size > 0) cancelTidy = clock.after(FINISHED_AFTER_MS, tidy);
  }

  function write(one: Known): void {
    if (waiting.length >= WAITING_MAX) return; // as client-go's broadcaster: dropped when the channel is full
    waiting.push({ known: one, release: quiescence.hold() });
    pumping ??= pump().finally(() => (pumping = undefined));
  }

  async function pump(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await attempt(next.known, 0).finally(next.release);
  }

  async function attempt(one: Known, tries: number): Promise<void> {
    try {
      await writeOnce(one);
    } catch (error) {
      if (isStatusError(error)) log.warning(`Server rejected event (will not retry!): ${error.message}`);
      else if (tries + 1 >= TRIES_MAX) log.error(`Unable to write event (retry limit exceeded!): ${String(error)}`);
      else {
        const cancel = clock.after(TRY_AGAIN_MS, () => {
          retries.delete(cancel);
          void attempt(one, tries + 1);
        });
        retries.add(cancel);
      }
    }
  }

  async function writeOnce(one: Known): Promise<void> {
    const { draft, series } = one;
    const { namespace } = draft.metadata as { namespace: string };
    const shown = series === undefined ? undefined : { count: series.count, lastObservedTime: formatMicroTime(series.last) };
    if (shown !== undefined) {
      try {
        await events.patch({ namespace, name: one.name }, 'strategic', { series: shown });
        return;
      } catch (error) {
        if (!isNotFound(error)) throw error; // it has expired: write it anew
      }
    }
    for (;;) {
      try {
        await events.create({ ...draft, metadata: { ...draft.metadata, name: one.name }, ...(shown === undefined ? {} : { series: shown }) });
        return;
      } catch (error) {
        if (!isAlreadyExists(error)) throw error;
        one.name = nextName(one.name); // a process before this one told of something in the same moment of the cluster's clock
      }
    }
  }

  return {
    recorder(reportingController) {
      const nextNanos = nanosOf({ clock, component: reportingController, host: hostname });
      const reportingInstance = `${reportingController}-${hostname}`;
      return {
        event(about, { type, reason, action, note, related }) {
          const regarding = referenceTo(about);
          told({
            apiVersion: 'events.k8s.io/v1',
            kind: 'Event',
            metadata: { name: `${regarding.name}.${nextNanos().toString(16)}`, namespace: regarding.namespace || 'default' },
            eventTime: formatMicroTime(clock.now()),
            reportingController,
            reportingInstance,
            action,
            reason,
            regarding,
            ...(related === undefined ? {} : { related: referenceTo(related) }),
            note: shortened(note),
            type,
          });
        },
      };
    },
    async stop() {
      cancelTidy?.();
      for (const cancel of retries) cancel();
      await pumping;
    },
  };
}

/** As Kubernetes does: whatever the note says, and of this version of the object only. */
function keyOf({ regarding = {}, related, type, reason, action, reportingController }: ObjectDraft<Event>): string {
  const { kind, namespace, name, uid, resourceVersion } = regarding;
  return [kind, namespace, name, uid, resourceVersion, related?.uid, type, reason, action, reportingController].join(' ');
}

function shortened(note: string): string {
  const bytes = Buffer.from(note);
  return bytes.length <= NOTE_MAX ? note : `${bytes.subarray(0, NOTE_MAX - 4).toString()} ...`;
}

function nextName(name: string): string {
  const dot = name.lastIndexOf('.');
  return `${name.slice(0, dot)}.${(BigInt(`0x${name.slice(dot + 1)}`) + 1n).toString(16)}`;
}
