/**
 * OpenAPI as the API server publishes it: /openapi/v3 with its index, and
 * /openapi/v2. Documents are made when first asked for and kept as text until
 * the kinds they describe change.
 */
import { createHash } from 'node:crypto';
import type { Kind } from '../../api/kind.js';
import { discoveryDocuments } from './discovery.js';
import { documentOf } from './document.js';
import type { Schema } from './schemas.js';
import { v2DocumentOf } from './v2.js';

export interface OpenApi {
  /** The body of GET /openapi/v3: a path and hash for each group-version. */
  index(): Promise<string>;
  /** The body of /openapi/v3/<path>, as "api/v1" or "apis/apps/v1"; undefined where no such group-version is served. */
  v3(path: string): Promise<{ text: string; etag: string } | undefined>;
  v2(): Promise<{ text: string; etag: string }>;
  /** What v2 says, in gnostic's protobuf. */
  v2Protobuf(): Promise<{ bytes: Uint8Array; etag: string }>;
}

interface Made {
  kinds: readonly Kind[];
  document: Schema;
  text: string;
  etag: string;
}

/** `kinds` gives all kinds served now. A group-version whose Kind objects are the same as before is not made again. */
export function createOpenApi(kinds: () => readonly Kind[]): OpenApi {
  const made = new Map<string, Promise<Made>>();
  const sources = new Map<string, readonly Kind[]>();
  let discovery: { groups: string; made: Promise<readonly [string, Made][]> } | undefined;
  let v2: { of: readonly Made[]; document: Schema; text: string; etag: string; bytes?: Uint8Array } | undefined;

  async function all(): Promise<[string, Made][]> {
    const groups = byPath(kinds());
    for (const path of made.keys()) if (!groups.has(path)) made.delete(path);
    const ofVersions = await Promise.all([...groups].map(async ([path, own]): Promise<[string, Made]> => [path, await make(path, own)]));
    return [...ofVersions, ...(await beside())].sort(([one], [other]) => (one < other ? -1 : 1));
  }

  /** Discovery's own documents, anew only when groups came or went. */
  async function beside(): Promise<readonly [string, Made][]> {
    const own = kinds();
    const groups = [...new Set(own.filter(({ custom }) => custom === undefined).map(({ group }) => group))].join();
    if (discovery?.groups !== groups)
      discovery = {
        groups,
        made: discoveryDocuments(own).then((documents) => documents.map(([path, document]) => [path, { kinds: [], document, ...printed(document) }])),
      };
    return discovery.made;
  }

  function make(path: string, own: readonly Kind[]): Promise<Made> {
    const known = made.get(path);
    const before = sources.get(path);
    if (known !== undefined && before?.length === own.length && own.every((kind, at) => kind === before[at])) return known;
    const next = documentOf(own).then((document) => ({ kinds: own, document, ...printed(document) }));
    made.set(path, next);
    sources.set(path, own);
    return next;
  }

  async function joined(): Promise<NonNullable<typeof v2>> {
    const parts = (await all()).map(([, part]) => part);
    if (v2 === undefined || v2.of.length !== parts.length || parts.some((part, at) => part !== v2!.of[at])) {
      const document = v2DocumentOf(parts.map((part) => part.document));
      v2 = { of: parts, document, ...printed(document) };
    }
    return v2;
  }

  return {
    async index() {
      const paths = Object.fromEntries((await all()).map(([path, { etag }]) => [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${etag}` }]));
      return JSON.stringify({ paths });
    },
    async v3(path) {
      const own = byPath(kinds()).get(path);
      return own === undefined ? (await beside()).find(([name]) => name === path)?.[1] : make(path, own);
    },
    v2: joined,
    async v2Protobuf() {
      const { gnosticDocument } = await import('./gnostic.js');
      const whole = await joined();
      return { bytes: (whole.bytes ??= gnosticDocument(whole.document)), etag: whole.etag };
    },
  };
}

function printed(document: Schema): { text: string; etag: string } {
  const text = JSON.stringify(document);
  return { text, etag: createHash('sha512').update(text).digest('hex').toUpperCase() };
}

function byPath(kinds: readonly Kind[]): Map<string, Kind[]> {
  const groups = new Map<string, Kind[]>();
  for (const kind of kinds) {
    const path = kind.group === '' ? `api/${kind.version}` : `apis/${kind.group}/${kind.version}`;
    const own = groups.get(path);
    if (own === undefined) groups.set(path, [kind]);
    else own.push(kind);
  }
  return groups;
}
