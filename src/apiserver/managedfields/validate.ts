/**
 * What is wrong with the types of an applied configuration, in the words of
 * structured-merge-diff. '' where nothing is.
 */
import { goSyntax, goValue } from '../../apimachinery/gojson.js';
import { isMap } from '../../apimachinery/patch/json.js';
import { elementText } from './element.js';
import { ItemError, itemElement } from './items.js';
import type { LeafShape, ListShape, MapShape, Shape } from './shape.js';

export function typeErrors(shape: Shape, value: unknown): string {
  const errors: string[] = [];
  check(shape, value, '', errors);
  if (errors.length <= 1) return errors[0] ?? '';
  return ['errors:', ...errors.map((error) => `  ${error}`)].join('\n');
}

function check(shape: Shape, value: unknown, path: string, errors: string[]): void {
  if (value === null || value === undefined) return;
  switch (shape.kind) {
    case 'leaf':
      return checkLeaf(shape, value, path, errors);
    case 'map':
      return checkMap(shape, value, path, errors);
    case 'list':
      return checkList(shape, value, path, errors);
    case 'deduced':
      return undefined;
  }
}

const complain = (errors: string[], path: string, message: string): void => {
  errors.push(path === '' ? message : `${path}: ${message}`);
};

function checkLeaf(shape: LeafShape, value: unknown, path: string, errors: string[]): void {
  if (shape.atomic === 'list') return checkAtomicList(shape.inner as ListShape, value, path, errors);
  if (shape.atomic === 'map') return checkMap(shape.inner as MapShape, value, path, errors);
  const scalar = typeof value !== 'object';
  if (shape.scalar === 'numeric' && typeof value !== 'number') complain(errors, path, `expected numeric (int or float), got ${goTypeName(value)}`);
  if (shape.scalar === 'string' && typeof value !== 'string') complain(errors, path, `expected string, got ${goSyntax(value)}`);
  if (shape.scalar === 'boolean' && typeof value !== 'boolean') complain(errors, path, `expected boolean, got ${goValue(value)}`);
  if (shape.scalar === 'any' && !scalar) complain(errors, path, `expected any scalar, got ${goValue(value)}`);
}

function checkMap(shape: MapShape, value: unknown, path: string, errors: string[]): void {
  if (!isMap(value)) return complain(errors, path, `expected map, got &{${goValue(value)}}`);
  for (const [name, inner] of Object.entries(value)) {
    const below = `${path}.${name}`;
    const type = shape.byName.get(name)?.shape ?? shape.element;
    if (type === undefined) complain(errors, below, 'field not declared in schema');
    else check(type, inner, below, errors);
  }
}

function checkAtomicList(shape: ListShape, value: unknown, path: string, errors: string[]): void {
  if (!Array.isArray(value)) return complain(errors, path, `expected list, got &{${goValue(value)}}`);
  value.forEach((item, at) => check(shape.items, item, `${path}[${at}]`, errors));
}

function checkList(shape: ListShape, value: unknown, path: string, errors: string[]): void {
  if (!Array.isArray(value)) return complain(errors, path, `expected list, got &{${goValue(value)}}`);
  const seen = new Set<string>();
  value.forEach((item, at) => {
    let element: string;
    try {
      element = itemElement(shape, item);
    } catch (error) {
      // An item without a name is complained of by its index.
      if (!(error instanceof ItemError)) throw error;
      return complain(errors, path, `element ${at}: ${error.message}`);
    }
    const text = elementText(element);
    if (seen.has(element)) complain(errors, path, `duplicate entries for key ${text}`);
    seen.add(element);
    check(shape.items, item, path + text, errors);
  });
}

function goTypeName(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'object') return 'map[string]interface {}';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
