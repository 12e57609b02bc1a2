/**
 * The Kind of one version of a CustomResourceDefinition, to be served like any
 * other. Its schema is compiled when something is first written.
 */
import { deepCopy } from '../../apimachinery/deep.js';
import type { Kind, Strategy } from '../../api/kind.js';
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionVersion,
  CustomResourceSubresourceScale,
} from '../../api/apiextensions/types/customresourcedefinition.js';
import type { JSONSchemaProps } from '../../api/apiextensions/types/jsonschema.js';
import type { Causes } from '../../apimachinery/fielderror.js';
import { deepEqual } from '../../apimachinery/patch/json.js';
import { goValue } from '../../apimachinery/gojson.js';
import type { StructNode } from '../../apimachinery/typenode.js';
import { columnsOf } from './columns.js';
import { compilePath } from './jsonpath.js';

const VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
const STATUS_VERBS = ['get', 'patch', 'update'];

/** A Kind that a definition made. */
export interface CustomKind extends Kind {
  custom: { crd: string; uid: string };
  /** Where /scale finds replicas. */
  scale?: CustomResourceSubresourceScale;
  /** A warning for every request, where the version is deprecated. */
  deprecation?: string;
}

/** What the server finds on a custom kind's strategy beside what every kind has. */
export interface CustomStrategy extends Strategy {
  node: StructNode;
  /** The schema as OpenAPI publishes it. */
  openapi: JSONSchemaProps;
}

/** Throws for a version that the definition does not have. */
export function kindOfCrd(definition: CustomResourceDefinition, versionName: string): CustomKind {
  const { group, scope, versions } = definition.spec;
  const version = versions.find(({ name }) => name === versionName);
  if (version === undefined) throw new RangeError(`${definition.metadata.name} has no version ${versionName}`);
  const names = definition.status.acceptedNames.kind === '' ? definition.spec.names : definition.status.acceptedNames;
  const { status, scale } = version.subresources ?? {};
  let strategy: Promise<CustomStrategy> | undefined;
  return {
    group,
    version: versionName,
    kind: names.kind,
    listKind: names.listKind ?? `${names.kind}List`,
    plural: names.plural,
    singular: names.singular ?? names.kind.toLowerCase(),
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: scope === 'Namespaced',
    verbs: VERBS,
    subresources: [
      ...(status === undefined ? [] : [{ name: 'status', verbs: STATUS_VERBS }]),
      ...(scale === undefined ? [] : [{ name: 'scale', verbs: STATUS_VERBS, kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' } }]),
    ],
    prefix: `/registry/${group}/${names.plural}`,
    columns: columnsOf(version.additionalPrinterColumns),
    selectableFields: selectable(version),
    strategy: () => (strategy ??= strategyOf(version)),
    custom: { crd: definition.metadata.name ?? '', uid: definition.metadata.uid ?? '' },
    ...(scale === undefined ? {} : { scale }),
    ...(version.deprecated ? { deprecation: version.deprecationWarning ?? `${group}/${versionName} ${names.kind} is deprecated` } : {}),
  };
}

function selectable({ selectableFields = [] }: CustomResourceDefinitionVersion): NonNullable<Kind['selectableFields']> {
  return Object.fromEntries(
    selectableFields.map(({ jsonPath }) => {
      const find = compilePath(jsonPath);
      return [
        jsonPath.replace(/^\./, ''),
        (object: unknown) => {
          const [value] = find(object);
          return value === undefined || value === null ? '' : goValue(value);
        },
      ];
    }),
  );
}

async function strategyOf({ schema, subresources }: CustomResourceDefinitionVersion): Promise<CustomStrategy> {
  const [
    { structuralNode },
    { validateCustomResource },
    { applyDefaults },
    { ObjectMeta },
    { embeddedCauses, hasEmbedded },
    { scaleSpecCauses, scaleStatusCauses },
    { finalizerWarnings },
  ] = await Promise.all([
    import('./structural.js'),
    import('./validate.js'),
    import('./defaults.js'),
    import('../../apimachinery/meta/meta.js'),
    import('./embedded.js'),
    import('./scalerules.js'),
    import('./finalizers.js'),
  ]);
  const { scale } = subresources ?? {};
  const openapi: JSONSchemaProps = schema?.openAPIV3Schema ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const hasStatus = subresources?.status !== undefined;
  const rules = hasRules(openapi) ? await import('./rules.js') : undefined;
  /** What did not change and would be refused today, by the object that was judged. */
  const kept = new WeakMap<object, readonly string[]>();
  const embeds = hasEmbedded(openapi);
  const ofWhole = (object: any): Causes => [
    ...scaleSpecCauses(scale, object),
    ...scaleStatusCauses(scale, object),
    ...(embeds ? embeddedCauses(openapi, object) : []),
  ];
  const judge = (object: any, before: any, others: Causes): Causes => {
    const causes = validateCustomResource(openapi, object, { before, others });
    if (rules === undefined) return causes;
    const found = rules.ruleFindings(openapi, object, before, causes);
    kept.set(object, found.warnings);
    return [...causes, ...found.causes];
  };
  const validate = (object: any, before?: any): Causes => judge(object, before, ofWhole(object));
  const validateStatus = (object: any, before: any): Causes => judge(object, before, scaleStatusCauses(scale, object));
  const warnings = (object: any, previous?: any): readonly string[] => [...(kept.get(object) ?? []), ...finalizerWarnings(object, previous)];
  return {
    // Never parsed with: the node below is what the server reads objects by.
    schema: ObjectMeta,
    node: structuralNode(openapi),
    openapi,
    requiresResourceVersion: true,
    deleteReturnsObject: false,
    defaults: (object: any) => applyDefaults(openapi, object),
    validate: (object: any) => validate(object),
    validateUpdate: validate,
    warnings,
    generation: (next: any, previous: any) => !deepEqual(counted(next, hasStatus), counted(previous, hasStatus)),
    ...(hasStatus
      ? { subresources: { status: { prepareForUpdate: keepAllButStatus, validateUpdate: validateStatus, warnings, requiresResourceVersion: true } } }
      : {}),
  };
}

/** Whether CEL is needed at all. */
function hasRules(schema: JSONSchemaProps): boolean {
  const { properties, items, additionalProperties } = schema;
  if ((schema['x-kubernetes-validations']?.length ?? 0) > 0) return true;
  return [...Object.values(properties ?? {}), items, additionalProperties].some(
    (inner) => typeof inner === 'object' && inner !== null && hasRules(inner as JSONSchemaProps),
  );
}

/** What a change of raises the generation: everything but metadata, and status where it has a subresource of its own. */
function counted(object: any, hasStatus: boolean): any {
  const { metadata: _, status, ...rest } = object;
  return hasStatus ? rest : { ...rest, status };
}

function keepAllButStatus(next: any, previous: any): void {
  const { status, metadata } = next;
  for (const key of Object.keys(next)) delete next[key];
  Object.assign(next, deepCopy(previous));
  for (const key of ['managedFields', 'resourceVersion'] as const) {
    if (metadata[key] === undefined) delete next.metadata[key];
    else next.metadata[key] = metadata[key];
  }
  if (status === undefined) delete next.status;
  else next.status = status;
}
