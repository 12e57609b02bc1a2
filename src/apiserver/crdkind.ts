/**
 * A served version of a CustomResourceDefinition as a Kind: names, columns,
 * subresources, and rules that come from its schema.
 */
import type { CustomResourceDefinition, CustomResourceDefinitionVersion } from '../api/apiextensions/types/customresourcedefinition.js';
import { ageColumn, nameColumn } from '../api/columns.js';
import type { Column, Kind, Strategy } from '../api/kind.js';
import type { KubeObject } from '../apimachinery/object.js';
import { parseTime, humanDuration } from '../apimachinery/time.js';
import type { StructNode } from '../apimachinery/typenode.js';

const VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
const STATUS_VERBS = ['get', 'patch', 'update'];

/** One for each version that is served; [] before the names are accepted. */
export function kindsOf(definition: CustomResourceDefinition): Kind[] {
  const { spec, status, metadata } = definition;
  if (!(status.conditions ?? []).some(({ type, status: held }) => type === 'Established' && held === 'True')) return [];
  const stored = spec.versions.find(({ storage }) => storage)!.name;
  return spec.versions.filter(({ served }) => served).map((version) => kindOf(definition, version, { stored, uid: metadata.uid ?? '' }));
}

function kindOf({ spec, status, metadata }: CustomResourceDefinition, version: CustomResourceDefinitionVersion, { stored, uid }: { stored: string; uid: string }): Kind {
  const { plural, singular = '', shortNames = [], kind, listKind = `${kind}List`, categories = [] } = status.acceptedNames;
  const { group } = spec;
  const apiVersion = `${group}/${version.name}`;
  let strategy: Promise<Strategy> | undefined;
  const made: Kind = {
    group, version: version.name, kind, listKind, plural, singular, shortNames, categories, namespaced: spec.scope === 'Namespaced', verbs: VERBS,
    subresources: [
      ...(version.subresources?.status === undefined ? [] : [{ name: 'status', verbs: STATUS_VERBS }]),
      ...(version.subresources?.scale === undefined ? [] : [{ name: 'scale', verbs: STATUS_VERBS, kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' } }]),
    ],
    prefix: `/registry/${group}/${plural}`, columns: columnsOf(version), selectableFields: selectable(version),
    strategy: () => (strategy ??= strategyOf(version)),
    ...(version.name === stored ? {} : { storedAs: { group, version: stored, convert: async () => ({ toStored: (object: KubeObject) => ({ ...object, apiVersion: `${group}/${stored}` }), fromStored: (object: KubeObject) => ({ ...object, apiVersion }) }) } }),
    custom: { crd: metadata.name!, uid },
  };
  return Object.assign(made, version.subresources?.scale === undefined ? {} : { scale: version.subresources.scale });
}

async function strategyOf(version: CustomResourceDefinitionVersion): Promise<Strategy> {
  const [{ structuralNode }, { applyDefaults }, { validateCustomResource }] = await Promise.all([import('./crd/structural.js'), import('./crd/defaults.js'), import('./crd/validate.js')]);
  const schema: any = version.schema?.openAPIV3Schema ?? {};
  const node: StructNode = structuralNode(schema);
  const hasStatus = version.subresources?.status !== undefined;
  const changed = (next: any, previous: any): boolean => JSON.stringify(rest(next, hasStatus)) !== JSON.stringify(rest(previous, hasStatus));
  const strategy: Strategy & { node: StructNode } = {
    schema: undefined as never, node, requiresResourceVersion: true, generation: changed,
    defaults: (object) => applyDefaults(schema, object),
    validate: (object) => validateCustomResource(schema, object),
    validateUpdate: (next) => validateCustomResource(schema, next),
    warnings: () => (version.deprecated === true ? [version.deprecationWarning ?? `${version.name} is deprecated`] : []),
  };
  return strategy;
}

function rest(object: any, hasStatus: boolean): object {
  const { metadata: _, status, apiVersion: __, ...own } = object;
  return hasStatus ? own : { ...own, status };
}

function selectable(version: CustomResourceDefinitionVersion): Record<string, (object: any) => string> {
  return Object.fromEntries((version.selectableFields ?? []).map(({ jsonPath }) => [jsonPath.replace(/^\./, ''), (object: any) => String(read(object, jsonPath) ?? '')]));
}

function columnsOf({ additionalPrinterColumns: extra }: CustomResourceDefinitionVersion): Column[] {
  if (extra === undefined || extra.length === 0) return [nameColumn, ageColumn];
  return [nameColumn, ...extra.map(({ name, type, format = '', description = '', priority = 0, jsonPath }): Column => ({
    name, type: type as Column['type'] & string, format, description, priority: priority === 0 ? 0 : 1,
    cell: (object, now) => cellOf(read(object, jsonPath), type, now),
  }))];
}

function cellOf(value: unknown, type: string, now: number): string | number | boolean | null {
  if (value === undefined || value === null) return null;
  if (type === 'date') return typeof value === 'string' ? ageText(value, now) : '<unknown>';
  if (type === 'integer' || type === 'number') return typeof value === 'number' ? value : null;
  if (type === 'boolean') return typeof value === 'boolean' ? value : null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function ageText(value: string, now: number): string {
  const at = parseTime(value);
  return Number.isNaN(at) ? '<invalid>' : humanDuration(now - at);
}

/** A simple JSON path: ".spec.a", ".a['b']", ".list[0].x", ".conditions[?(@.type==\"Ready\")].status". */
export function read(object: any, path: string): unknown {
  let values: any[] = [object];
  for (const found of path.matchAll(/\.([\w-]+)|\['([^']+)'\]|\[(\d+|\*)\]|\[\?\(@\.([\w.]+)\s*==\s*["']([^"']*)["']\)\]/g)) {
    const [, name, quoted, index, field, wanted] = found;
    values = values.flatMap((value) => {
      if (value === null || typeof value !== 'object') return [];
      if (field !== undefined) return Array.isArray(value) ? value.filter((item) => String(read(item, `.${field}`)) === wanted) : [];
      if (index === '*') return Object.values(value);
      const next = value[name ?? quoted ?? index!];
      return next === undefined ? [] : [next];
    });
  }
  return values[0];
}
