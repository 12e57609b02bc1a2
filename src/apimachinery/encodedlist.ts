/**
 * A list that stays JSON text until somebody looks into it: managedFields are
 * a third of a pod, and hardly anybody reads them. To every reader it is the
 * frozen array that the text says; copying the object that holds it copies a
 * reference and decodes nothing, and who writes it out can have its text.
 */
import { deepFreeze } from './deep.js';

const TEXT = Symbol('text');

/** `text` is JSON of an array. */
export function encodedList(text: string): readonly unknown[] {
  return new Proxy<unknown[]>([], new Encoded(text));
}

/** The JSON text of such a list, decoded or not; undefined for anything else. */
export function encodedText(value: unknown): string | undefined {
  return Array.isArray(value) ? (value as { [TEXT]?: string })[TEXT] : undefined;
}

/** As JSON.stringify of an object or of an item in a list, but that managedFields which were never read are not read for that either. */
export function jsonText(object: object): string {
  const { metadata } = object as { metadata?: { managedFields?: unknown } };
  const managed = encodedText(metadata?.managedFields);
  if (metadata === undefined || managed === undefined) return JSON.stringify(object);
  const metadataText = (): string => membersText(metadata, (name, value) => (name === 'managedFields' ? managed : JSON.stringify(value)));
  return membersText(object, (name, value) => (name === 'metadata' ? metadataText() : JSON.stringify(value)));
}

/** JSON of an object whose members are written by `textOf`; undefined leaves a member out. */
export function membersText(object: object, textOf: (name: string, value: unknown) => string | undefined): string {
  let text = '';
  for (const name of Object.keys(object)) {
    const part = textOf(name, (object as Record<string, unknown>)[name]);
    if (part !== undefined) text += `${text === '' ? '{' : ','}${quoted(name)}:${part}`;
  }
  return text === '' ? '{}' : `${text}}`;
}

const PLAIN = /^[ !#-[\]-~]*$/;
export const quoted = (text: string): string => (text.length < 64 && PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));

/** Whatever looks at the list fills it first. */
class Encoded implements ProxyHandler<unknown[]> {
  readonly #text: string;
  #isFilled = false;

  constructor(text: string) {
    this.#text = text;
  }

  #filled(target: unknown[]): unknown[] {
    if (this.#isFilled) return target;
    this.#isFilled = true;
    for (const item of JSON.parse(this.#text) as unknown[]) target.push(deepFreeze(item));
    return Object.freeze(target) as unknown[];
  }

  get(target: unknown[], name: PropertyKey): unknown {
    return name === TEXT ? this.#text : Reflect.get(this.#filled(target), name);
  }

  has(target: unknown[], name: PropertyKey): boolean {
    return Reflect.has(this.#filled(target), name);
  }

  ownKeys(target: unknown[]): (string | symbol)[] {
    return Reflect.ownKeys(this.#filled(target));
  }

  getOwnPropertyDescriptor(target: unknown[], name: PropertyKey): PropertyDescriptor | undefined {
    return Reflect.getOwnPropertyDescriptor(this.#filled(target), name);
  }

  isExtensible(target: unknown[]): boolean {
    return Reflect.isExtensible(this.#filled(target));
  }

  preventExtensions(target: unknown[]): boolean {
    return Reflect.preventExtensions(this.#filled(target));
  }

  set(): boolean {
    return false;
  }

  defineProperty(): boolean {
    return false;
  }

  deleteProperty(): boolean {
    return false;
  }
}
