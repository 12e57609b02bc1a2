/**
 * JSON paths into a schema, as rules (fieldPath) and selectable fields have
 * them: ".a.b", and where it may be, "['c']".
 */
import type { JSONSchemaProps } from '../types/jsonschema.js';

type Found = { path: string[]; schema: JSONSchemaProps } | { error: string };

/** The names along the path and the schema at its end, or what is wrong, in Kubernetes' words. */
export function followPath(text: string, root: JSONSchemaProps, { brackets }: { brackets: boolean }): Found {
  const tokens = tokensOf(text);
  const path: string[] = [];
  let schema = root;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    let name: string;
    if (token === '.') {
      if (tokens[++at] === undefined) return { error: 'unexpected end of JSON path' };
      name = tokens[at]!;
    } else if (token === '[' && brackets) {
      const quoted = tokens[++at];
      if (quoted === undefined) return { error: 'unexpected end of JSON path' };
      if (!/^'.*'$/s.test(quoted) || quoted.length < 2) return { error: `expected single quoted string but got ${quoted}` };
      const end = tokens[++at];
      if (end === undefined) return { error: 'unexpected end of JSON path' };
      if (end !== ']') return { error: `expected ] but got ${end}` };
      name = quoted.slice(1, -1).replace(/\\(['\\])/g, '$1');
    } else return { error: token === '[' ? 'array notation is not allowed' : `expected [ or . but got: ${token}` };
    const next = below(schema, name);
    if (next === undefined) return { error: 'does not refer to a valid field' };
    path.push(name);
    schema = next;
  }
  return { path, schema };
}

function below({ properties, additionalProperties }: JSONSchemaProps, name: string): JSONSchemaProps | undefined {
  if (properties !== undefined && Object.keys(properties).length > 0) return Object.hasOwn(properties, name) ? properties[name] : undefined;
  return typeof additionalProperties === 'object' && additionalProperties !== null ? (additionalProperties as JSONSchemaProps) : undefined;
}

/** Dots and brackets each by itself, and what stands between them; a quoted text is one. */
const tokensOf = (text: string): readonly string[] => text.match(/'(?:[^'\\]|\\.)*'|[.[\]]|[^.[\]]+/gs) ?? [];
