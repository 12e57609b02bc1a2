/**
 * x-kubernetes-validations: the rules of a schema in CEL, asked of an object
 * and, on updates, of what it was before. What did not change may stay as it
 * is: its failures become warnings. All rules together have one budget.
 */
import type { JSONSchemaProps } from '../../api/apiextensions/types/jsonschema.js';
import { evaluate, type Resolve } from '../../apimachinery/cel/evaluate.js';
import { schemaValue } from '../../apimachinery/cel/json.js';
import type { CelSchema } from '../../apimachinery/cel/schema.js';
import { CelError, CelOptional, type Value } from '../../apimachinery/cel/values.js';
import { duplicate, forbidden, invalid, required, type Causes, type FieldError } from '../../apimachinery/fielderror.js';
import { deepEqual, isMap } from '../../apimachinery/patch/json.js';
import { compiledRules, type CompiledRule } from './celrules.js';
import { counterpart } from './validate.js';

const NOT_CHECKED = 'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';
/** What makes an object too strange for its rules to be asked. */
const BLOCKING = new Set(['Required', 'TooLong', 'TooMany', 'TypeInvalid']);
const BUDGET = 10_000_000;
const MESSAGE_BYTES_MAX = 5 * 1024;
const OVERSPENT = 'validation failed due to running out of cost budget, no further validation rules will be run';

export interface RuleFindings {
  causes: Causes;
  /** What would have been refused, had it changed. */
  warnings: string[];
}

/** `found`: what the schema itself complained of. `root`: the value is a whole custom resource. */
export function ruleFindings(schema: JSONSchemaProps, object: unknown, before: unknown, found: Causes, { root = true } = {}): RuleFindings {
  if (found.some(({ type }) => BLOCKING.has(type))) return { causes: [invalid('<nil>', null, NOT_CHECKED)], warnings: [] };
  const run = new Run();
  run.visit({ schema, value: object, before, path: '', root, unchanged: false });
  return run;
}

interface Place {
  schema: JSONSchemaProps;
  value: unknown;
  /** undefined: it was not there, or nothing says which it was. */
  before: unknown;
  path: string;
  root: boolean;
  /** It, or what it stands in, is as it was. */
  unchanged: boolean;
}

/** No budget is left: nothing more is asked. */
class Overspent extends Error {}

class Run implements RuleFindings {
  readonly causes: Causes = [];
  readonly warnings: string[] = [];
  #left = BUDGET;

  visit(place: Place): void {
    try {
      this.#visit(place);
    } catch (error) {
      if (!(error instanceof Overspent)) throw error;
    }
  }

  #visit(outer: Place): void {
    const { schema, value, before, path } = outer;
    if (value === undefined || value === null) return;
    const place = { ...outer, unchanged: before === undefined ? outer.unchanged : deepEqual(before, value) };
    this.#ask(place);
    if (Array.isArray(value)) {
      const items = schema.items as JSONSchemaProps | undefined;
      if (items !== undefined)
        value.forEach((item, at) =>
          this.#visit({ ...place, schema: items, value: item, before: counterpart(schema, item, before), path: `${path}[${at}]`, root: false }),
        );
    } else if (isMap(value)) this.#members(place, value as Record<string, unknown>);
  }

  #members(place: Place, value: Record<string, unknown>): void {
    const { schema, before, path } = place;
    const was = isMap(before) && schema['x-kubernetes-map-type'] !== 'atomic' ? (before as Record<string, unknown>) : {};
    const others = isMap(schema.additionalProperties) ? (schema.additionalProperties as JSONSchemaProps) : undefined;
    for (const name of Object.keys(value)) {
      const property = schema.properties !== undefined && Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
      const inner = property ?? others;
      if (inner === undefined) continue;
      const at = property === undefined ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`;
      this.#visit({ ...place, schema: inner, value: value[name], before: Object.hasOwn(was, name) ? was[name] : undefined, path: at, root: false });
    }
  }

  #ask(place: Place): void {
    if ((place.schema['x-kubernetes-validations']?.length ?? 0) === 0) return;
    const { schema, value, before, path } = place;
    const root = place.root || schema['x-kubernetes-embedded-resource'] === true;
    const compiled = compiledRules(schema, root);
    if (compiled === undefined) return;
    const field = path === '' ? '<nil>' : path;
    if (this.#left <= 0) this.#stop(field, place, OVERSPENT);
    const self = lazily(() => schemaValue(schema as CelSchema, value, root));
    const old = lazily(() => schemaValue(schema as CelSchema, before, root));
    for (const rule of compiled.rules) {
      if (rule.error !== undefined) this.causes.push(invalid(field, schema.type ?? '', `rule compile error: ${rule.error}`));
      else this.#askOne(rule, place, variables(rule, self, before === undefined ? undefined : old));
    }
  }

  #askOne(compiled: CompiledRule, place: Place, resolve: Resolve): void {
    const { rule, checked, usesOldSelf } = compiled;
    if (checked === undefined || (usesOldSelf && place.before === undefined && rule.optionalOldSelf !== true)) return;
    const field = place.path === '' ? '<nil>' : place.path;
    const { value, cost } = evaluate(checked, resolve);
    this.#spend(cost, field, place, OVERSPENT);
    if (value instanceof CelError) return this.#failed(value, compiled, place, field);
    if (value === true) return;
    const where = `${place.path}${normalPath(rule.fieldPath ?? '')}`.replace(/^\./, '') || '<nil>';
    const detail = this.#message(compiled, where, place, resolve) ?? ((rule.message ?? '') === '' ? `failed rule: ${named(rule)}` : named(rule));
    this.#add(compiled, place, causeOf(rule.reason, { field: where, detail, value: place.value, type: place.schema.type }));
  }

  #failed({ message }: CelError, { rule }: CompiledRule, place: Place, field: string): void {
    const type = place.schema.type ?? '';
    if (message.startsWith('no such overload')) {
      this.causes.push(
        invalid(field, type, `'${message}': call arguments did not match a supported operator, function or macro signature for rule: ${named(rule)}`),
      );
    } else if (message.startsWith('operation cancelled: actual cost limit exceeded')) {
      this.#stop(field, place, `'${message}': no further validation rules will be run due to call cost exceeds limit for rule: ${named(rule)}`);
    } else this.causes.push(invalid(field, type, `${message} evaluating rule: ${named(rule)}`));
  }

  #add({ usesOldSelf }: CompiledRule, { unchanged }: Place, cause: FieldError): void {
    if (!usesOldSelf && unchanged) this.warnings.push(`${cause.field}: ${cause.message}`);
    else this.causes.push(cause);
  }

  /** undefined: as Kubernetes does, a message that cannot be made gives way to the plain one. */
  #message(compiled: CompiledRule, field: string, place: Place, resolve: Resolve): string | undefined {
    if (compiled.message === undefined) return undefined;
    const { value, cost } = evaluate(compiled.message, resolve);
    const source = JSON.stringify(compiled.rule.messageExpression);
    this.#spend(cost, field, place, 'messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run');
    if (value instanceof CelError && value.message.startsWith('operation cancelled'))
      this.#stop(field, place, `no further validation rules will be run due to call cost exceeds limit for messageExpression: ${source}`);
    if (typeof value !== 'string') return undefined;
    const text = value.trim();
    return text === '' || text.includes('\n') || Buffer.byteLength(text) > MESSAGE_BYTES_MAX ? undefined : text;
  }

  #spend(cost: number, field: string, place: Place, message: string): void {
    if (cost > this.#left) this.#stop(field, place, message);
    this.#left -= cost;
  }

  #stop(field: string, { schema }: Place, message: string): never {
    this.causes.push(invalid(field, schema.type ?? '', message));
    throw new Overspent();
  }
}

function lazily(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => (made ??= make());
}

const variables =
  ({ rule }: CompiledRule, self: () => Value, old: (() => Value) | undefined): Resolve =>
  (name) => {
    if (name === 'self') return self();
    if (name !== 'oldSelf') return undefined;
    if (rule.optionalOldSelf === true) return old === undefined ? CelOptional.none : CelOptional.of(old());
    return old?.();
  };

const named = ({ rule, message = '' }: CompiledRule['rule']): string => (message === '' ? rule : message).trim();

/** ".a['b']" as field errors write it: ".a.b", or ".a[b]" for the key of a map. */
const normalPath = (path: string): string => path.replaceAll(/\['((?:[^'\\]|\\.)*)'\]/g, (_, name: string) => `.${name.replaceAll(/\\(.)/g, '$1')}`);

/** As Kubernetes does: an object or a list is not shown. */
function causeOf(
  reason: string | undefined,
  { field, detail, value, type }: { field: string; detail: string; value: unknown; type: string | undefined },
): FieldError {
  const hidden = type === 'object' || type === 'array';
  switch (reason) {
    case 'FieldValueForbidden':
      return forbidden(field, detail);
    case 'FieldValueRequired':
      return required(field, detail);
    case 'FieldValueDuplicate':
      return hidden ? { field, type: 'Duplicate', message: 'Duplicate value' } : duplicate(field, value);
    default:
      return hidden ? { field, type: 'Invalid', message: `Invalid value: ${detail}` } : invalid(field, value, detail);
  }
}
