/**
 * What expressions about a request may speak of: object, oldObject, request,
 * namespaceObject and, where they are wanted, params, authorizer and variables.
 */
import { baseEnv } from '../../../apimachinery/cel/base.js';
import { fn, overload, type Env, type StructDecl } from '../../../apimachinery/cel/env.js';
import { structsOf, type DeclType } from '../../../apimachinery/cel/schema.js';
import { DYN, readType, STRING, struct, type Type } from '../../../apimachinery/cel/types.js';

export interface EnvOptions {
  params?: boolean;
  authorizer?: boolean;
  /** Types of the variables that stand before; undefined: none may be spoken of. */
  variables?: ReadonlyMap<string, Type>;
  /** Whether Object{…} and JSONPatch{…} may be made. */
  patches?: boolean;
}

/** Types instead of dyn, for one kind that a policy matches. */
export interface TypedOptions {
  object: DeclType;
  /** undefined: the policy has no parameters; 'dyn': of a kind whose schema is not known. */
  params: DeclType | 'dyn' | undefined;
  variables: ReadonlyMap<string, Type> | undefined;
}

const text = 'string';
const texts = 'list(string)';

/** Fields of request and namespaceObject, by the type that holds them. */
const FIELDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'kubernetes.GroupVersionKind': { group: text, version: text, kind: text },
  'kubernetes.GroupVersionResource': { group: text, version: text, resource: text },
  'kubernetes.UserInfo': { username: text, uid: text, groups: texts, extra: `map(string, ${texts})` },
  'kubernetes.AdmissionRequest': {
    kind: 'kubernetes.GroupVersionKind',
    resource: 'kubernetes.GroupVersionResource',
    subResource: text,
    requestKind: 'kubernetes.GroupVersionKind',
    requestResource: 'kubernetes.GroupVersionResource',
    requestSubResource: text,
    name: text,
    namespace: text,
    operation: text,
    userInfo: 'kubernetes.UserInfo',
    dryRun: 'bool',
    options: 'dyn',
  },
  'kubernetes.NamespaceMetadata': {
    name: text,
    generateName: text,
    namespace: text,
    labels: 'map(string, string)',
    annotations: 'map(string, string)',
    UID: text,
    creationTimestamp: 'timestamp',
    deletionGracePeriodSeconds: 'int',
    deletionTimestamp: 'timestamp',
    generation: 'int',
    resourceVersion: text,
    finalizers: texts,
  },
  'kubernetes.NamespaceSpec': { finalizers: texts },
  'kubernetes.NamespaceCondition': { status: text, type: text, lastTransitionTime: 'timestamp', message: text, reason: text },
  'kubernetes.NamespaceStatus': { conditions: 'list(kubernetes.NamespaceCondition)', phase: text },
  'kubernetes.Namespace': { metadata: 'kubernetes.NamespaceMetadata', spec: 'kubernetes.NamespaceSpec', status: 'kubernetes.NamespaceStatus' },
};

const decls = new Map<string, StructDecl>(
  Object.entries(FIELDS).map(([name, fields]) => {
    const types = new Map(Object.entries(fields).map(([field, type]) => [field, readType(type)]));
    return [name, { name, field: (field: string) => types.get(field) }];
  }),
);

const VARIABLES = 'kubernetes.variables';

/** What mutations are made of: any Object.a.b with any fields, and the operations of JSON patches. */
function patchStruct(name: string): StructDecl | undefined {
  if (name === 'Object' || name.startsWith('Object.')) return { name, field: () => DYN };
  return name === 'JSONPatch' ? { name, field: (field) => (field === 'value' ? DYN : PATCH_FIELDS.includes(field) ? STRING : undefined) } : undefined;
}
const PATCH_FIELDS = ['op', 'path', 'from'];
const escapeKey = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');
const PATCHES = [fn('jsonpatch.escapeKey', overload('string_jsonpatch_escapeKey_string', '(string) -> string', escapeKey))];

let base: Env | undefined;
let patching: Env | undefined;

/** As admissionEnv, but that object, oldObject and params have the types of one kind. As Kubernetes does, there is no authorizer.requestResource here. */
export function typedEnv({ object, params, variables }: TypedOptions): Env {
  const inner = params === undefined || params === 'dyn' ? undefined : structsOf(params);
  const outer = structsOf(object);
  return admissionEnv({ ...(variables === undefined ? {} : { variables }) }).with({
    variables: {
      object: object.type,
      oldObject: object.type,
      ...(params === undefined ? {} : { params: params === 'dyn' ? DYN : params.type }),
      authorizer: struct('kubernetes.authorization.Authorizer'),
    },
    structs: (name) => outer(name) ?? inner?.(name),
  });
}

export function admissionEnv({ params = false, authorizer = false, patches = false, variables }: EnvOptions): Env {
  base ??= baseEnv().with({
    variables: { object: DYN, oldObject: DYN, namespaceObject: struct('kubernetes.Namespace'), request: struct('kubernetes.AdmissionRequest') },
    structs: (name) => decls.get(name),
  });
  const start = patches ? (patching ??= base.with({ library: PATCHES, structs: patchStruct })) : base;
  const authorizers = {
    authorizer: struct('kubernetes.authorization.Authorizer'),
    'authorizer.requestResource': struct('kubernetes.authorization.ResourceCheck'),
  };
  return start.with({
    variables: { ...(params ? { params: DYN } : {}), ...(authorizer ? authorizers : {}), ...(variables === undefined ? {} : { variables: struct(VARIABLES) }) },
    structs: (name) => (name === VARIABLES && variables !== undefined ? { name, field: (field) => variables.get(field) } : undefined),
  });
}
