/** What a description may ask of the server beside the object itself: its events, pods that belong to it, objects it refers to. */
import { isStatusError } from '../../apimachinery/status.js';
import type { Context } from '../context.js';
import { goSort } from '../gosort.js';
import type { Writer } from './writer.js';

const CHUNK = 500;

/** Writes one kind. */
export type Describer = (w: Writer, object: any, scene: Scene) => Promise<void> | void;

export class Scene {
  readonly #context: Context;
  readonly #withEvents: boolean;
  readonly #chunk: number;

  constructor(context: Context, options: { withEvents: boolean; chunk?: number }) {
    this.#context = context;
    this.#withEvents = options.withEvents;
    this.#chunk = options.chunk ?? CHUNK;
  }

  async get(path: string): Promise<any> {
    return (await this.#context.rest()).object('GET', path);
  }

  async list(path: string, query: Readonly<Record<string, string>> = {}): Promise<any[]> {
    const items: any[] = [];
    let more: string | undefined;
    do {
      const page: any = await (
        await this.#context.rest()
      ).object('GET', path, {
        query: { ...query, ...(this.#chunk > 0 ? { limit: String(this.#chunk) } : {}), ...(more === undefined ? {} : { continue: more }) },
      });
      items.push(...(page.items ?? []));
      more = page.metadata?.continue || undefined;
    } while (more !== undefined);
    return items;
  }

  /** The same, and nothing where the server refuses. */
  async listOrNone(path: string, query: Readonly<Record<string, string>> = {}): Promise<any[]> {
    try {
      return await this.list(path, query);
    } catch (error) {
      if (isStatusError(error)) return [];
      throw error;
    }
  }

  async pods(namespace: string, selector: string): Promise<any[]> {
    return this.list(`/api/v1/namespaces/${namespace}/pods`, { labelSelector: selector });
  }

  /** How many of a controller's pods run, wait, succeeded, failed. */
  async podsStatus({ metadata }: any, selector: string): Promise<string> {
    const owned = (await this.pods(metadata.namespace, selector)).filter((pod) => controllerOf(pod)?.uid === metadata.uid);
    const count = (phase: string): number => owned.filter(({ status }) => status?.phase === phase).length;
    return `${count('Running')} Running / ${count('Pending')} Waiting / ${count('Succeeded')} Succeeded / ${count('Failed')} Failed`;
  }

  /** The events of an object, as the last of its description. `kind`: '' for any; `uids`: whose events they may be. */
  async events(w: Writer, { kind, metadata }: any, options: { anyKind?: boolean; uids?: readonly string[] } = {}): Promise<void> {
    if (!this.#withEvents) return;
    const { name, namespace = '', uid } = metadata;
    const found: any[] = [];
    for (const id of options.uids ?? [uid]) {
      const terms = [
        `involvedObject.name=${name}`,
        `involvedObject.namespace=${namespace}`,
        ...(options.anyKind ? [] : [`involvedObject.kind=${kind}`]),
        ...(id ? [`involvedObject.uid=${id}`] : []),
      ];
      found.push(
        ...(await this.listOrNone(namespace === '' ? '/api/v1/events' : `/api/v1/namespaces/${namespace}/events`, { fieldSelector: terms.join(',') })),
      );
    }
    writeEvents(w, found);
  }
}

export const controllerOf = ({ metadata }: any): any => (metadata.ownerReferences ?? []).find(({ controller }: any) => controller === true);

/** "ReplicaSet/web-1"; '' for what nothing controls. */
export function controllerText(object: any): string {
  const owner = controllerOf(object);
  return owner === undefined ? '' : `${owner.kind}/${owner.name}`;
}

function writeEvents(w: Writer, events: readonly any[]): void {
  if (events.length === 0) return w.field('Events', '<none>');
  w.flush();
  const sorted = goSort(events, (a, b) => (a.lastTimestamp ?? '') < (b.lastTimestamp ?? ''));
  w.line(0, 'Events:');
  w.line(1, 'Type\tReason\tAge\tFrom\tMessage');
  w.line(1, '----\t------\t----\t----\t-------');
  for (const event of sorted)
    w.line(1, [event.type ?? '', event.reason ?? '', ageOf(w, event), event.source?.component || event.reportingComponent || '', messageOf(event)].join('\t'));
}

function ageOf(w: Writer, { eventTime, firstTimestamp, lastTimestamp, count = 0, series }: any): string {
  const first = w.since(eventTime || firstTimestamp);
  if (series) return `${w.since(series.lastObservedTime)} (x${series.count} over ${first})`;
  return count > 1 ? `${w.since(lastTimestamp)} (x${count} over ${first})` : first;
}

function messageOf({ message = '', involvedObject }: any): string {
  const text = message.trim();
  return involvedObject?.fieldPath ? `${involvedObject.fieldPath}: ${text}` : text;
}
