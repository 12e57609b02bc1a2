/**
 * Objects to stored bytes and back. Stored is JSON without resourceVersion,
 * which is the store's own mod revision. What comes back is frozen, deeply and
 * once, because caches, lists and watchers share it; see stored.ts.
 */
import { encodedText, membersText, quoted } from '../../apimachinery/encodedlist.js';
import type { KubeObject } from '../../apimachinery/object.js';
import type { KeyValue } from '../../store/store.js';
import { knownText } from './knowntext.js';
import { decodeStored } from './stored.js';

/** Objects that were written or read lately are kept, so that the watch that follows, and the next read, need not parse them again. */
const RECENT_MAX = 2_048;

export class Codec {
  /** By key; the newest revision that was seen. */
  readonly #recent = new Map<string, { revision: number; object: KubeObject }>();
  readonly #expected = new Map<Uint8Array, KubeObject>();
  readonly #texts = new Map<object, string>();

  encode(object: KubeObject): Uint8Array {
    return Buffer.from(
      membersText(object, (name, value) => {
        if (name === 'metadata') return metadataText(object.metadata);
        if (typeof value === 'string') return quoted(value);
        return name === 'spec' && isFrozenObject(value) ? this.#textOf(value) : JSON.stringify(value);
      }),
    );
  }

  /** Most updates leave spec as it is: the very same frozen object, of which the text is known. */
  #textOf(spec: object): string {
    let text = this.#texts.get(spec);
    if (text !== undefined) return text;
    text = JSON.stringify(spec);
    if (this.#texts.size >= RECENT_MAX) this.#texts.delete(this.#texts.keys().next().value!);
    this.#texts.set(spec, text);
    return text;
  }

  /** `object` is about to be stored as these bytes; watchers may read them before its writer is answered. Ended by `settled`. */
  expect(value: Uint8Array, object: KubeObject): void {
    this.#expected.set(value, object);
  }

  settled(value: Uint8Array): void {
    this.#expected.delete(value);
  }

  /** The object as it reads at a revision, remembered for whoever reads that next. */
  remember(key: string, object: KubeObject, revision: number): KubeObject {
    const recent = this.#recent.get(key);
    if (recent?.revision === revision) return recent.object;
    return this.#keep(key, freeze(withRevision(object, revision)), revision);
  }

  #keep(key: string, whole: KubeObject, revision: number): KubeObject {
    const recent = this.#recent.get(key);
    if (recent !== undefined && recent.revision > revision) return whole;
    if (recent !== undefined) this.#recent.delete(key);
    else if (this.#recent.size >= RECENT_MAX) this.#recent.delete(this.#recent.keys().next().value!);
    this.#recent.set(key, { revision, object: whole });
    return whole;
  }

  decode({ key, value, modRevision }: KeyValue): KubeObject {
    const recent = this.#recent.get(key);
    if (recent?.revision === modRevision) return recent.object;
    const expected = this.#expected.get(value);
    return expected === undefined ? this.#keep(key, decodeWhole(value, modRevision), modRevision) : this.remember(key, expected, modRevision);
  }
}

function decodeWhole(value: Uint8Array, revision: number): KubeObject {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return freeze(decodeStored(bytes, String(revision)) ?? withRevision(JSON.parse(bytes.toString()) as KubeObject, revision));
}

const isFrozenObject = (value: unknown): value is object => typeof value === 'object' && value !== null && Object.isFrozen(value);

/** Without the revision, which is the store's own. The sets of managedFields are mostly shared, so that their text is known. */
function metadataText(metadata: object): string {
  return membersText(metadata, (name, value) => {
    if (name === 'resourceVersion') return undefined;
    if (typeof value === 'string') return quoted(value);
    return name === 'managedFields' && Array.isArray(value) ? (encodedText(value) ?? `[${value.map(entryText).join(',')}]`) : JSON.stringify(value);
  });
}

const entryText = (entry: object): string =>
  membersText(entry, (name, value) => {
    if (typeof value === 'string') return quoted(value);
    return name === 'fieldsV1' && typeof value === 'object' && value !== null ? knownText(value) : JSON.stringify(value);
  });

/** A copy of the object, sharing all but metadata, that names the revision where Go's struct has it: after uid. */
export function withRevision<T extends KubeObject>(object: T, revision: number): T {
  const metadata: Record<string, unknown> = {};
  let placed = false;
  const old = object.metadata as Record<string, unknown>;
  for (const name in old) {
    if (name === 'resourceVersion') continue;
    if (!placed && AFTER_REVISION.has(name)) {
      metadata['resourceVersion'] = String(revision);
      placed = true;
    }
    metadata[name] = old[name];
  }
  if (!placed) metadata['resourceVersion'] = String(revision);
  return { ...object, metadata };
}

const AFTER_REVISION = new Set([
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
]);

export function freeze<T>(value: T): T {
  if (value === null || typeof value !== 'object' || Object.isFrozen(value)) return value;
  Object.freeze(value);
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) if (typeof value[at] === 'object') freeze(value[at]);
    return value;
  }
  for (const name in value) {
    const inner = value[name];
    // Lists that are still encoded are as good as frozen; to ask them would decode them.
    if (typeof inner === 'object' && (name !== 'managedFields' || encodedText(inner) === undefined)) freeze(inner);
  }
  return value;
}
