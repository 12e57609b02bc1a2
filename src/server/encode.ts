/**
 * An answer as bytes. The one place where objects become JSON or YAML for a
 * wire; objects are frozen, so the text of a watched one is made once and
 * shared by all who watch it.
 */
import { toYaml } from '../apimachinery/yaml.js';
import type { Form } from '../apimachinery/request.js';
import type { WatchEvent } from '../apimachinery/object.js';

const texts = new WeakMap<object, string>();

export function encodeObject(object: object, form: Form): string {
  return form === 'yaml' ? toYaml(object) : `${JSON.stringify(object)}\n`;
}

export function contentType(form: Form): string {
  return form === 'yaml' ? 'application/yaml' : 'application/json';
}

/** One line of a watch. */
export function encodeEvent({ type, object }: WatchEvent): string {
  let text = texts.get(object);
  if (text === undefined) {
    text = JSON.stringify(object);
    texts.set(object, text);
  }
  return `{"type":"${type}","object":${text}}\n`;
}
