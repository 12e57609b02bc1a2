/**
 * What is wrong with the rules of a definition's schemas: what cannot be
 * compiled, what costs too much, alone or all together, and what asks for an
 * old value where none can be found.
 */
import type { JSONSchemaProps } from '../../api/apiextensions/types/jsonschema.js';
import { forbidden, internalError, invalid, type Causes } from '../../apimachinery/fielderror.js';
import { isMap } from '../../apimachinery/patch/json.js';
import { compiledRules, type CompiledRule, type CompiledRules } from './celrules.js';

const RULE_COST_MAX = 10_000_000;
const SCHEMA_COST_MAX = 100_000_000;
const COST_SHOWN_MIN = SCHEMA_COST_MAX / 100;
const EXPENSIVE_MAX = 4;
const COST_LIMIT = 2 ** 64;
const ADVICE = '(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)';

interface Node {
  schema: JSONSchemaProps;
  path: string;
  /** How often it can stand in one object; undefined: nothing bounds it. */
  cardinality: number | undefined;
  root: boolean;
  /** Where the part begins that cannot be found in the old object. */
  uncorrelatable: string | undefined;
}

interface Total {
  cost: number;
  readonly expensive: { path: string; cost: number }[];
  /** As Kubernetes does: what was stored already is not refused for its price. */
  readonly pricesOld: boolean;
}

/** `stored`: the schema is as it was before. */
export function ruleDefinitionCauses(schema: JSONSchemaProps, path: string, { stored }: { stored: boolean }): Causes {
  const total: Total = { cost: 0, expensive: [], pricesOld: stored };
  const causes = visit({ schema, path, cardinality: 1, root: true, uncorrelatable: undefined }, total);
  if (total.cost <= SCHEMA_COST_MAX) return causes;
  const contributed = total.expensive.map((rule) =>
    forbidden(rule.path, 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema'),
  );
  return [
    ...causes,
    ...contributed,
    forbidden(path, tooDear('x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema', total.cost, SCHEMA_COST_MAX)),
  ];
}

function tooDear(what: string, cost: number, limit: number): string {
  const factor = cost / limit;
  const shown = factor > 100 ? 'more than 100x' : `${factor < 1.5 ? factor.toFixed(6) : factor.toFixed(1)}x`;
  return `${what} exceeds budget by factor of ${shown} ${ADVICE}`;
}

function visit(node: Node, total: Total): Causes {
  const { schema, path } = node;
  const causes: Causes = [];
  const { additionalProperties: additional, items, properties = {} } = schema;
  if (isMap(additional)) causes.push(...visit(below(node, additional as JSONSchemaProps, `${path}.additionalProperties`), total));
  const atomic = schema['x-kubernetes-map-type'] === 'atomic' ? path : undefined;
  for (const [name, property] of Object.entries(properties)) causes.push(...visit(below(node, property, `${path}.properties[${name}]`, atomic), total));
  if (isMap(items))
    causes.push(...visit(below(node, items as JSONSchemaProps, `${path}.items`, schema['x-kubernetes-list-type'] === 'map' ? undefined : path), total));
  if ((schema['x-kubernetes-validations'] ?? []).length === 0) return causes;
  return [...causes, ...ownCauses(node, total)];
}

function below(node: Node, schema: JSONSchemaProps, path: string, uncorrelatable?: string): Node {
  const most = mostOf(node.schema);
  const cardinality = node.cardinality === undefined || most === undefined ? undefined : times(node.cardinality, most);
  return { schema, path, cardinality, root: schema['x-kubernetes-embedded-resource'] === true, uncorrelatable: node.uncorrelatable ?? uncorrelatable };
}

/** How many children a value can have of one kind; undefined: nothing says. */
function mostOf({ type, additionalProperties, maxItems, maxProperties }: JSONSchemaProps): number | undefined {
  if (type === 'array') return maxItems === undefined ? undefined : Math.max(0, maxItems);
  if (type !== 'object' || additionalProperties === undefined) return 1;
  return maxProperties === undefined ? undefined : Math.max(0, maxProperties);
}

const times = (one: number, other: number): number => Math.min(one * other, COST_LIMIT);

function ownCauses(node: Node, total: Total): Causes {
  const compiled = compiledRules(node.schema, node.root);
  const field = `${node.path}.x-kubernetes-validations`;
  if (compiled === undefined)
    return [
      internalError(
        field,
        'internal error: failed to construct type information for x-kubernetes-validations rules: unable to convert structural schema to CEL declarations',
      ),
    ];
  return compiled.rules.flatMap((rule, at) => ruleCauses(rule, `${field}[${at}]`, { node, compiled, total }));
}

function ruleCauses(
  compiled: CompiledRule,
  field: string,
  { node, compiled: { cardinality }, total }: { node: Node; compiled: CompiledRules; total: Total },
): Causes {
  const { rule, cost, error, message, messageCost, messageError, usesOldSelf } = compiled;
  const causes: Causes = [];
  const priced = (name: string, what: string, price: number): void => {
    if (!total.pricesOld && price > RULE_COST_MAX) causes.push(forbidden(`${field}.${name}`, tooDear(what, price, RULE_COST_MAX)));
    observe(total, `${field}.${name}`, price);
  };
  priced('rule', 'estimated rule cost', cost === 0 ? 0 : times(cost, node.cardinality ?? cardinality));
  if (error !== undefined) causes.push(invalid(`${field}.rule`, shown(rule), error));
  if (messageError !== undefined) causes.push(invalid(`${field}.messageExpression`, shown(rule), messageError));
  else if (message !== undefined) priced('messageExpression', 'estimated messageExpression cost', messageCost);
  if (usesOldSelf) {
    if (node.uncorrelatable !== undefined)
      causes.push(invalid(`${field}.rule`, rule.rule, `oldSelf cannot be used on the uncorrelatable portion of the schema within ${node.uncorrelatable}`));
  } else if (rule.optionalOldSelf !== undefined)
    causes.push(invalid(`${field}.optionalOldSelf`, rule.optionalOldSelf, 'may not be set if oldSelf is not used in rule'));
  return causes;
}

function observe(total: Total, path: string, cost: number): void {
  total.cost = Math.min(total.cost + cost, COST_LIMIT);
  if (cost < COST_SHOWN_MIN) return;
  total.expensive.push({ path, cost });
  total.expensive.sort((one, other) => other.cost - one.cost);
  if (total.expensive.length > EXPENSIVE_MAX) total.expensive.pop();
}

/** A rule as the Go struct that Kubernetes prints. */
const shown = ({ rule, message = '', messageExpression = '', reason = undefined, fieldPath = '', optionalOldSelf }: CompiledRule['rule']): object => ({
  Rule: rule,
  Message: message,
  MessageExpression: messageExpression,
  Reason: reason ?? null,
  FieldPath: fieldPath,
  OptionalOldSelf: optionalOldSelf ?? null,
});
