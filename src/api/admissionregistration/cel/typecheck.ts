/**
 * What a policy's expressions get wrong about the kinds that the policy matches:
 * each is compiled once for every kind, with that kind's fields. Only warnings
 * come of it; a kind whose schema is not known, or a wildcard, is not looked at.
 */
import { compile } from '../../../apimachinery/cel/compile.js';
import { declType, type CelSchema, type DeclType } from '../../../apimachinery/cel/schema.js';
import { CelCompileError } from '../../../apimachinery/cel/source.js';
import { DYN, type Type } from '../../../apimachinery/cel/types.js';
import type { ValidatingAdmissionPolicy } from '../types/validatingadmissionpolicy.js';
import { typedEnv } from './env.js';
import { fieldType } from './expressions.js';

export interface GroupVersionKind {
  group: string;
  version: string;
  kind: string;
}

/** What the API server serves, as discovery and OpenAPI tell it. */
export interface TypeSource {
  kindsFor(resource: { group: string; version: string; resource: string }): Promise<readonly GroupVersionKind[]>;
  /** undefined: it is not known. */
  schemaOf(kind: GroupVersionKind): Promise<CelSchema | undefined>;
}

export interface ExpressionWarning {
  fieldRef: string;
  warning: string;
}

const TYPES_MAX = 10;

export async function typeWarnings(policy: ValidatingAdmissionPolicy, source: TypeSource): Promise<ExpressionWarning[]> {
  const checks = await checksOf(policy, source);
  const warningsOf = (fieldRef: string, expression: string | undefined): ExpressionWarning[] => {
    const found = expression === undefined || expression === '' ? [] : checks.flatMap((check) => check(expression));
    return found.length === 0 ? [] : [{ fieldRef, warning: found.join('\n') }];
  };
  return (policy.spec.validations ?? []).flatMap(({ expression, messageExpression }, index) => [
    ...warningsOf(`spec.validations[${index}].expression`, expression),
    ...warningsOf(`spec.validations[${index}].messageExpression`, messageExpression),
  ]);
}

type Check = (expression: string) => string[];

async function checksOf({ spec }: ValidatingAdmissionPolicy, source: TypeSource): Promise<Check[]> {
  const params = spec.paramKind === undefined ? undefined : ((await declOf(paramKindOf(spec.paramKind), source)) ?? 'dyn');
  const checks: Check[] = [];
  for (const kind of await kindsToCheck(spec.matchConstraints?.resourceRules ?? [], source)) {
    const object = await declOf(kind, source);
    if (object === undefined) continue;
    const variables = spec.variables === undefined ? undefined : variableTypes(spec.variables, object, params);
    checks.push((expression) => {
      const issue = attempt(expression, { object, params, variables });
      return typeof issue === 'string' ? [`${text(kind)}: ${issue}\n`] : [];
    });
  }
  return checks;
}

const text = ({ group, version, kind }: GroupVersionKind): string => `${group === '' ? '' : `${group}/`}${version}, Kind=${kind}`;

function paramKindOf({ apiVersion = '', kind = '' }: { apiVersion?: string; kind?: string }): GroupVersionKind {
  const [group, version] = apiVersion.includes('/') ? (apiVersion.split('/') as [string, string]) : ['', apiVersion];
  return { group, version, kind };
}

async function declOf(kind: GroupVersionKind, source: TypeSource): Promise<DeclType | undefined> {
  const schema = await source.schemaOf(kind);
  return schema === undefined ? undefined : declType(schema, kind.kind);
}

interface Rule {
  apiGroups?: readonly string[] | null;
  apiVersions?: readonly string[] | null;
  resources?: readonly string[] | null;
}

/** Sorted, each once. */
async function kindsToCheck(rules: readonly Rule[], source: TypeSource): Promise<GroupVersionKind[]> {
  const found = new Map<string, GroupVersionKind>();
  const sorted = (): GroupVersionKind[] =>
    [...found.values()].sort((one, other) => compare(one.group, other.group) || compare(one.version, other.version) || compare(one.kind, other.kind));
  for (const rule of rules) {
    let count = 0;
    for (const resource of resourcesOf(rule)) {
      for (const kind of await source.kindsFor(resource)) {
        found.set(text(kind), kind);
        if (++count === TYPES_MAX) return sorted();
      }
    }
  }
  return sorted();
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

function resourcesOf({ apiGroups, apiVersions, resources }: Rule): { group: string; version: string; resource: string }[] {
  const groups = [...(apiGroups ?? [])].sort();
  const versions = [...(apiVersions ?? [])].sort();
  if ([...groups, ...versions].some((name) => name.includes('*'))) return [];
  const plain = (resources ?? []).filter((name) => !/[*/]/.test(name)).sort();
  return groups.flatMap((group) => versions.flatMap((version) => plain.map((resource) => ({ group, version, resource }))));
}

/** Each may speak of those before it; one that cannot be compiled is dyn to those after it. */
function variableTypes(variables: readonly { name: string; expression: string }[], object: DeclType, params: DeclType | 'dyn' | undefined): Map<string, Type> {
  const types = new Map<string, Type>();
  for (const { name, expression } of variables) {
    const result = attempt(expression, { object, params, variables: new Map(types) });
    types.set(name, typeof result === 'string' ? DYN : fieldType(result));
  }
  return types;
}

/** The type of an expression, or what is wrong with it. */
function attempt(expression: string, options: Parameters<typeof typedEnv>[0]): Type | string {
  try {
    return compile(expression, typedEnv(options)).type;
  } catch (error) {
    // What the expression's writer should know; anything else is our own bug.
    if (error instanceof CelCompileError) return error.message;
    throw error;
  }
}
