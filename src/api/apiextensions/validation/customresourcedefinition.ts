/**
 * Validation of CustomResourceDefinitions: names, versions, scope and
 * conversion, in the order and words of
 * k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation.
 */
import { isDeepStrictEqual } from 'node:util';
import { duplicate, forbidden, invalid, required, tooMany, type Causes } from '../../../apimachinery/fielderror.js';
import { byteLength, dns1035Label, dns1123Subdomain } from '../../../apimachinery/names.js';
import { complaints, goStruct, immutable, supported } from '../../apps/validation/rules.js';
import { validateClientConfig } from '../../admissionregistration/validation/webhook.js';
import { CustomResourceColumnDefinition, CustomResourceSubresources } from '../types/customresourcedefinition.js';
import type {
  CustomResourceConversion,
  CustomResourceDefinition,
  CustomResourceDefinitionNames,
  CustomResourceDefinitionSpec,
  CustomResourceDefinitionVersion,
  SelectableField,
} from '../types/customresourcedefinition.js';
import type { JSONSchemaProps } from '../types/jsonschema.js';
import { APPROVAL, approvalOf, isProtectedGroup } from './approval.js';
import { followPath } from './fieldpath.js';
import { goSchema } from './goschema.js';
import { validateSchema } from './schema.js';
import { structuralError } from './structural.js';

type Version = CustomResourceDefinitionVersion;
const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string'];
const COLUMN_FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];
const SIMPLE_PATH = 'must be a simple json path starting with .';
const WARNING_BYTES_MAX = 256;
const REVIEW_VERSIONS = ['v1', 'v1beta1'];

export function validateCustomResourceDefinition(crd: CustomResourceDefinition): Causes {
  return [...validateSpec(crd.spec, 'spec'), ...validateStoredVersions(crd), ...validateApproval(crd), ...validatePreserveUnknown(crd.spec)];
}

export function validateCustomResourceDefinitionUpdate(next: CustomResourceDefinition, previous: CustomResourceDefinition): Causes {
  const established = (previous.status.conditions ?? []).some(({ type, status }) => type === 'Established' && status === 'True');
  return [
    ...validateSpec(next.spec, 'spec'),
    ...(established ? immutable('spec.scope', next.spec.scope, previous.spec.scope) : []),
    ...(established ? immutable('spec.names.kind', next.spec.names.kind, previous.spec.names.kind) : []),
    ...immutable('spec.group', next.spec.group, previous.spec.group),
    ...immutable('spec.names.plural', next.spec.names.plural, previous.spec.names.plural),
    ...validateCustomResourceDefinitionStatus(next),
    ...validateStoredVersions(next),
    ...(approvalOf(next).state === approvalOf(previous).state ? [] : validateApproval(next)),
    ...(previous.spec.preserveUnknownFields === true ? [] : validatePreserveUnknown(next.spec)),
  ];
}

export const validateCustomResourceDefinitionStatus = ({ status }: CustomResourceDefinition): Causes =>
  status?.acceptedNames ? validateNames(status.acceptedNames, 'status.acceptedNames') : [];

/** A definition is named after what it defines. */
export function validateDefinitionName(name: string, { prefix }: { prefix: boolean }, definition?: CustomResourceDefinition): string[] {
  const checked = prefix && name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name;
  const spec = definition?.spec;
  return [
    ...dns1123Subdomain(checked),
    ...(spec === undefined || name === `${spec.names.plural}.${spec.group}` ? [] : ['must be spec.names.plural+"."+spec.group']),
  ];
}

function validateSpec(spec: CustomResourceDefinitionSpec, path: string): Causes {
  const { names } = spec;
  const versions = spec.versions ?? [];
  const hoisted = hoist(versions);
  return [
    ...validateGroup(spec.group, `${path}.group`),
    ...(spec.scope === '' ? [required(`${path}.scope`)] : supported(`${path}.scope`, spec.scope, ['Cluster', 'Namespaced'])),
    ...versions.flatMap(({ schema }, index) => (schema?.openAPIV3Schema ? [] : [required(`${path}.versions[${index}].schema.openAPIV3Schema`)])),
    ...(spec.preserveUnknownFields && versions.some(({ schema }) => hasDefault(schema?.openAPIV3Schema))
      ? [invalid(`${path}.preserveUnknownFields`, true, 'must be false in order to use defaults in the schema')]
      : []),
    ...versions.flatMap((version, index) => validateVersion(version, `${path}.versions[${index}]`, hoisted)),
    ...validateVersions(versions, `${path}.versions`, hoisted),
    ...(versions[0] ? joined(`${path}.version`, versions[0].name, dns1035Label(versions[0].name)) : []),
    ...(['plural', 'singular', 'kind', 'listKind'] as const).flatMap((name) => (names[name] ? [] : [required(`${path}.names.${name}`)])),
    ...validateNames(names, `${path}.names`),
    ...(hoisted.has('schema') && versions[0]?.schema
      ? validateSchema(versions[0].schema, `${path}.validation`, { hasStatus: hoisted.has('subresources') && versions[0].subresources?.status !== undefined })
      : []),
    ...(hoisted.has('subresources') && versions[0] ? validateSubresources(versions[0], path) : []),
    ...(hoisted.has('additionalPrinterColumns') ? validateColumns(versions[0]?.additionalPrinterColumns ?? [], `${path}.additionalPrinterColumns`) : []),
    ...(hoisted.has('selectableFields') && versions[0] ? validateSelectableFields(versions[0], `${path}.selectableFields`) : []),
    ...(spec.preserveUnknownFields && spec.conversion && spec.conversion.strategy !== 'None'
      ? [invalid(`${path}.conversion.strategy`, spec.conversion.strategy, 'must be None if spec.preserveUnknownFields is true')]
      : []),
    ...(spec.conversion ? validateConversion(spec.conversion, `${path}.conversion`) : []),
  ];
}

/** Whether any part of a schema has a default value. */
function hasDefault(schema: unknown): boolean {
  if (schema === null || typeof schema !== 'object') return false;
  const {
    default: value,
    properties,
    items,
    additionalProperties,
  } = schema as { default?: unknown; properties?: object; items?: unknown; additionalProperties?: unknown };
  return value !== undefined || [...Object.values(properties ?? {}), items, additionalProperties].some(hasDefault);
}

type Hoistable = 'schema' | 'subresources' | 'additionalPrinterColumns' | 'selectableFields';
const HOISTABLE: readonly Hoistable[] = ['schema', 'subresources', 'additionalPrinterColumns', 'selectableFields'];
/** As Kubernetes does: what all versions have in common is held once, above them, and complaints name it there. */
function hoist(versions: readonly Version[]): ReadonlySet<Hoistable> {
  return new Set(HOISTABLE.filter((field) => versions.every((version) => isDeepStrictEqual(version[field], versions[0]![field]))));
}

function joined(field: string, value: string, messages: readonly string[]): Causes {
  return messages.length === 0 ? [] : [invalid(field, value, messages.join(','))];
}

function validateGroup(group: string, path: string): Causes {
  if (group === '') return [required(path)];
  const messages = dns1123Subdomain(group);
  if (messages.length > 0) return joined(path, group, messages);
  return group.includes('.') ? [] : [invalid(path, group, 'should be a domain with at least one dot')];
}

function validateVersion(version: Version, path: string, hoisted: ReadonlySet<Hoistable>): Causes {
  const { name, schema, additionalPrinterColumns = [] } = version;
  return [
    ...joined(`${path}.name`, name, dns1035Label(name)),
    ...validateDeprecation(version, path),
    ...(hoisted.has('schema') || !schema ? [] : validateSchema(schema, `${path}.schema`, { hasStatus: version.subresources?.status !== undefined })),
    ...(hoisted.has('subresources') ? [] : validateSubresources(version, path)),
    ...(hoisted.has('additionalPrinterColumns') ? [] : validateColumns(additionalPrinterColumns, `${path}.additionalPrinterColumns`)),
    ...(hoisted.has('selectableFields') ? [] : validateSelectableFields(version, `${path}.selectableFields`)),
  ];
}

function validateDeprecation({ deprecated = false, deprecationWarning: warning }: Version, path: string): Causes {
  if (warning === undefined) return [];
  const field = `${path}.deprecationWarning`;
  if (!deprecated) return [invalid(field, warning, 'can only be set for deprecated versions')];
  const messages: string[] = [];
  if (byteLength(warning) > WARNING_BYTES_MAX) messages.push(`must be <= ${WARNING_BYTES_MAX} characters long`);
  if (warning === '') messages.push('must not be an empty string');
  const unprintable = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.exec(warning);
  if (unprintable)
    messages.push(`must only contain printable UTF-8 characters; non-printable character found at index ${byteLength(warning.slice(0, unprintable.index))}`);
  return messages.map((message) => invalid(field, warning, message));
}

function validateVersions(versions: readonly Version[], path: string, hoisted: ReadonlySet<Hoistable>): Causes {
  const names = versions.map(({ name }) => name);
  const printed = () => versions.map((version) => goVersion(version, hoisted));
  return [
    ...(new Set(names).size < names.length ? [invalid(path, printed(), 'must contain unique version names')] : []),
    ...(versions.filter(({ storage }) => storage).length === 1 ? [] : [invalid(path, printed(), 'must have exactly one version marked as storage version')]),
  ];
}

function goVersion(version: Version, hoisted: ReadonlySet<Hoistable>): unknown {
  const own = (field: Hoistable, value: unknown) => (hoisted.has(field) ? null : value);
  return {
    Name: version.name,
    Served: version.served,
    Storage: version.storage,
    Deprecated: version.deprecated ?? false,
    DeprecationWarning: version.deprecationWarning ?? null,
    Schema: own('schema', version.schema ? { OpenAPIV3Schema: version.schema.openAPIV3Schema ? goSchema(version.schema.openAPIV3Schema) : null } : null),
    Subresources: own('subresources', goStruct(version.subresources, CustomResourceSubresources)),
    AdditionalPrinterColumns: own(
      'additionalPrinterColumns',
      version.additionalPrinterColumns?.map((column) => goStruct(column, CustomResourceColumnDefinition)) ?? null,
    ),
    SelectableFields: own('selectableFields', version.selectableFields?.map(({ jsonPath }) => ({ JSONPath: jsonPath })) ?? null),
  };
}

const MIXED_CASE = 'may have mixed case, but should otherwise match: ';
function validateNames({ plural, singular = '', kind, listKind = '', shortNames = [], categories = [] }: CustomResourceDefinitionNames, path: string): Causes {
  const label = (field: string, text: string): Causes => (text === '' ? [] : joined(`${path}.${field}`, text, dns1035Label(text)));
  const mixed = (field: string, text: string): Causes => {
    const messages = text === '' ? [] : dns1035Label(text.toLowerCase());
    return messages.length === 0 ? [] : [invalid(`${path}.${field}`, text, MIXED_CASE + messages.join(','))];
  };
  return [
    ...label('plural', plural),
    ...label('singular', singular),
    ...mixed('kind', kind),
    ...mixed('listKind', listKind),
    ...shortNames.flatMap((name, index) => label(`shortNames[${index}]`, name)),
    ...(kind !== '' && kind === listKind ? [invalid(`${path}.listKind`, listKind, 'kind and listKind may not be the same')] : []),
    ...categories.flatMap((name, index) => label(`categories[${index}]`, name)),
  ];
}

function validateSubresources({ subresources }: Version, path: string): Causes {
  const scale = subresources?.scale;
  if (!scale) return [];
  const at = `${path}.subresources.scale`;
  return [
    ...(scale.specReplicasPath === '' ? [required(`${at}.specReplicasPath`)] : jsonPathCauses(`${at}.specReplicasPath`, scale.specReplicasPath, ['.spec'])),
    ...(scale.statusReplicasPath === ''
      ? [required(`${at}.statusReplicasPath`)]
      : jsonPathCauses(`${at}.statusReplicasPath`, scale.statusReplicasPath, ['.status'])),
    ...(scale.labelSelectorPath ? jsonPathCauses(`${at}.labelSelectorPath`, scale.labelSelectorPath, ['.spec', '.status']) : []),
  ];
}

function jsonPathCauses(field: string, text: string, under: readonly string[]): Causes {
  if (!text.startsWith('.')) return [invalid(field, text, SIMPLE_PATH)];
  if (under.some((head) => text.startsWith(`${head}.`))) return [];
  return [invalid(field, text, `should be a json path under ${under.length > 1 ? 'either ' : ''}${under.join(' or ')}`)];
}

function validateColumns(columns: readonly CustomResourceColumnDefinition[], path: string): Causes {
  return columns.flatMap(({ name, type, format = '', jsonPath }, index) => [
    ...(name === '' ? [required(`${path}[${index}].name`)] : []),
    ...(type === ''
      ? [required(`${path}[${index}].type`, `must be one of ${COLUMN_TYPES.join(',')}`)]
      : COLUMN_TYPES.includes(type)
        ? []
        : [invalid(`${path}[${index}].type`, type, `must be one of ${COLUMN_TYPES.join(',')}`)]),
    ...(format === '' || COLUMN_FORMATS.includes(format) ? [] : [invalid(`${path}[${index}].format`, format, `must be one of ${COLUMN_FORMATS.join(',')}`)]),
    ...(jsonPath === ''
      ? [required(`${path}[${index}].JSONPath`)]
      : jsonPath.startsWith('.')
        ? []
        : [invalid(`${path}[${index}].JSONPath`, jsonPath, SIMPLE_PATH)]),
  ]);
}

const SELECTABLE_MAX = 8;
function validateSelectableFields({ selectableFields = [], schema }: Version, path: string): Causes {
  if (selectableFields.length === 0) return [];
  const root = schema?.openAPIV3Schema;
  // The real server crashes on one without a schema; here it is refused.
  if (!root) return [invalid(path, '', 'selectableFields may only be set when validations.schema is included')];
  const unsupported = structuralError(root);
  const seen = new Set<string>();
  const causes = selectableFields.flatMap((selectable, index) =>
    validateSelectableField(selectable, unsupported === undefined ? root : {}, seen, `${path}[${index}].jsonPath`),
  );
  return [
    ...(unsupported === undefined ? [] : [invalid(path.replace(/selectableFields$/, 'schema.openAPIV3Schema'), '', unsupported)]),
    ...causes,
    ...(seen.size > SELECTABLE_MAX ? [tooMany(path, seen.size, SELECTABLE_MAX)] : []),
  ];
}

function validateSelectableField({ jsonPath }: SelectableField, root: JSONSchemaProps, seen: Set<string>, path: string): Causes {
  if (jsonPath === '') return [required(path)];
  const found = followPath(jsonPath, root, { brackets: false });
  if ('error' in found) return [invalid(path, jsonPath, `is an invalid path: ${found.error}`)];
  const key = found.path.join('.');
  const isRepeated = seen.has(key);
  seen.add(key);
  return [
    ...(found.path[0] === 'metadata' ? [invalid(path, jsonPath, 'must not point to fields in metadata')] : []),
    ...(['string', 'boolean', 'integer'].includes(found.schema.type ?? '')
      ? []
      : [invalid(path, jsonPath, 'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.')]),
    ...(isRepeated ? [duplicate(path, jsonPath)] : []),
  ];
}

function validateConversion({ strategy, webhook }: CustomResourceConversion, path: string): Causes {
  const unknown = strategy === '' ? [required(`${path}.strategy`)] : supported(`${path}.strategy`, strategy, ['None', 'Webhook']);
  const versions = webhook?.conversionReviewVersions ?? [];
  if (strategy !== 'Webhook') {
    const message = 'should not be set when strategy is not set to Webhook';
    return [
      ...unknown,
      ...(webhook?.clientConfig ? [forbidden(`${path}.webhookClientConfig`, message)] : []),
      ...(versions.length > 0 ? [forbidden(`${path}.conversionReviewVersions`, message)] : []),
    ];
  }
  const client = webhook?.clientConfig;
  return [
    ...(client
      ? validateClientConfig(client, `${path}.webhookClientConfig`)
      : [required(`${path}.webhookClientConfig`, 'required when strategy is set to Webhook')]),
    ...validateReviewVersions(versions, `${path}.conversionReviewVersions`),
  ];
}

function validateReviewVersions(versions: readonly string[], path: string): Causes {
  if (versions.length === 0) return [required(path)];
  return [
    ...versions.flatMap((version, index) =>
      versions.indexOf(version) < index
        ? [invalid(`${path}[${index}]`, version, 'duplicate version')]
        : complaints(`${path}[${index}]`, version, dns1035Label(version)),
    ),
    ...(versions.some((version) => REVIEW_VERSIONS.includes(version))
      ? []
      : [invalid(path, versions, `must include at least one of ${REVIEW_VERSIONS.join(', ')}`)]),
  ];
}

function validateStoredVersions({ spec, status }: CustomResourceDefinition): Causes {
  const stored = status.storedVersions ?? [];
  if (stored.length === 0) return [invalid('status.storedVersions', status.storedVersions ?? null, 'must have at least one stored version')];
  const known = (spec.versions ?? []).map(({ name }) => name);
  const missing = (spec.versions ?? []).filter(({ name, storage }) => storage && !stored.includes(name));
  return [
    ...missing.map(({ name }) => invalid('status.storedVersions', stored, `must have the storage version ${name}`)),
    ...stored.flatMap((name, index) => {
      if (known.includes(name)) return [];
      const why = `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`;
      return [invalid(`status.storedVersions[${index}]`, name, why)];
    }),
  ];
}

function validateApproval(definition: CustomResourceDefinition): Causes {
  if (!isProtectedGroup(definition.spec.group)) return [];
  const field = `metadata.annotations[${APPROVAL}]`;
  const { state, reason } = approvalOf(definition);
  if (state === 'missing') return [required(field, reason)];
  return state === 'invalid' ? [invalid(field, definition.metadata.annotations![APPROVAL], reason)] : [];
}

function validatePreserveUnknown({ preserveUnknownFields }: CustomResourceDefinitionSpec): Causes {
  if (!preserveUnknownFields) return [];
  return [
    invalid('spec.preserveUnknownFields', true, 'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead'),
  ];
}
