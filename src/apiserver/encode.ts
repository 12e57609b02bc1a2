/**
 * The shown forms of an answer: the object itself, a Table for people, or
 * metadata alone. Works on frozen objects and makes new ones.
 */
import type { Kind } from '../api/kind.js';
import type { KubeList, KubeObject } from '../apimachinery/object.js';
import { badRequest, notAcceptable } from '../apimachinery/status.js';
import type { Output } from './negotiate.js';

export interface TableOptions {
  includeObject: 'Metadata' | 'Object' | 'None';
  /** Milliseconds since the epoch, for ages. */
  now: number;
}

export function tableOptions(query: URLSearchParams, now: number): TableOptions {
  const text = query.get('includeObject') ?? '';
  if (text !== '' && text !== 'Metadata' && text !== 'Object' && text !== 'None') {
    throw badRequest(
      `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(text)}: must be 'Metadata', 'Object', 'None', or empty`,
    );
  }
  return { includeObject: text === '' ? 'Metadata' : text, now };
}

/** One object as it was asked for; a Status is never made into anything else. */
export function shapeObject(object: KubeObject, kind: Kind, output: Output, table: () => TableOptions): KubeObject {
  // As Kubernetes does: reviews, which nobody reads again, have no other form.
  if (output.as === 'object' || isStatus(object) || (kind.prefix === '' && kind.verbs.length > 0 && !kind.verbs.includes('get'))) return object;
  if (output.as === 'PartialObjectMetadata') return partial(object, output.version);
  if (output.as === 'Table') {
    const options = table();
    const { resourceVersion } = object.metadata;
    return tableOf(kind, [object], resourceVersion === undefined ? {} : { resourceVersion }, output.version, options);
  }
  throw notAcceptable(`you requested ${output.as}, but the requested object is not a list (${goName(kind, kind.kind)})`);
}

export function shapeList(list: KubeList, kind: Kind, output: Output, table: () => TableOptions): KubeObject {
  if (output.as === 'object') return list as unknown as KubeObject;
  if (output.as === 'PartialObjectMetadataList') {
    const items = list.items.map((item) => partial(item, output.version));
    return { kind: 'PartialObjectMetadataList', apiVersion: `meta.k8s.io/${output.version}`, metadata: list.metadata, items } as unknown as KubeObject;
  }
  if (output.as === 'Table') return tableOf(kind, list.items, list.metadata, output.version, table());
  throw notAcceptable(`you requested ${output.as}, but the requested object is a list (${goName(kind, kind.listKind)})`);
}

const isStatus = (object: KubeObject): boolean => object.kind === 'Status' && object.apiVersion === 'v1';

export function partial(object: KubeObject, version: string): KubeObject {
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata: object.metadata };
}

function tableOf(kind: Kind, objects: readonly KubeObject[], metadata: object, version: string, options: TableOptions): KubeObject {
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    columnDefinitions: columnDefinitions(kind),
    rows: objects.map((object) => rowOf(kind, object, version, options)),
  } as unknown as KubeObject;
}

/** A watch tells the columns once; later Tables have none. */
export function tableEvent(kind: Kind, object: KubeObject, output: Output, options: TableOptions, first: boolean): KubeObject {
  const { resourceVersion } = object.metadata;
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${output.version}`,
    metadata: resourceVersion === undefined ? {} : { resourceVersion },
    columnDefinitions: first ? columnDefinitions(kind) : null,
    rows: [rowOf(kind, object, output.version, options)],
  } as unknown as KubeObject;
}

function rowOf(kind: Kind, object: KubeObject, version: string, { includeObject, now }: TableOptions): object {
  const shown = includeObject === 'Object' ? named(kind, object) : includeObject === 'Metadata' ? partial(object, version) : null;
  const conditions = rowConditions(kind, object);
  return { cells: kind.columns.map((column) => column.cell(object, now)), ...(conditions === undefined ? {} : { conditions }), object: shown };
}

/** Items of a list carry no kind of their own; in a row they must, or kubectl's --sort-by cannot read them. */
function named(kind: Kind, object: KubeObject): KubeObject {
  if (object.kind !== undefined && object.apiVersion !== undefined) return object;
  return { ...object, kind: kind.kind, apiVersion: kind.group === '' ? kind.version : `${kind.group}/${kind.version}` };
}

const ENDED: Readonly<Record<string, string>> = { Succeeded: 'The pod has completed successfully.', Failed: 'The pod failed.' };

/** A pod that has ended is marked, so that a client may leave it out. */
function rowConditions(kind: Kind, object: KubeObject): object[] | undefined {
  if (kind.group !== '' || kind.plural !== 'pods') return undefined;
  const reason: string = (object as { status?: { phase?: string } }).status?.phase ?? '';
  const message = ENDED[reason];
  return message === undefined ? undefined : [{ type: 'Completed', status: 'True', reason, message }];
}

function columnDefinitions(kind: Kind): object[] {
  return kind.columns
    .filter(({ untold }) => untold !== true)
    .map(({ name, type = 'string', format, description = '', priority = 0 }) => ({ name, type, format: format ?? '', description, priority }));
}

/** Go's name of the type, as in "*apps.DeploymentList". */
function goName(kind: Kind, name: string): string {
  if (kind.custom !== undefined) return name === kind.kind ? '*unstructured.Unstructured' : '*unstructured.UnstructuredList';
  return `*${kind.group === '' ? 'core' : kind.group.split('.')[0]}.${name}`;
}
