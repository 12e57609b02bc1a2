/** Annotations whose text is JSON, from before there were fields: read, or refused in the words of Go's decoder. */
import { decodeJson } from '../../../apimachinery/decode.js';

/** A list's items; one object is a list of one. `goType` begins with [] where a list is wanted. */
export function readAnnotation<T>(text: string, goType: string): { items: T[] } | { error: string } {
  try {
    decodeJson(text);
  } catch (error) {
    // Only the text itself can be at fault: the decoder's words are the complaint.
    return { error: (error as Error).message };
  }
  const value: unknown = JSON.parse(text);
  if (value === null) return { items: [] };
  const isList = Array.isArray(value);
  if (isList !== goType.startsWith('[]') || typeof value !== 'object')
    return { error: `json: cannot unmarshal ${kindOf(value)} into Go value of type ${goType}` };
  return { items: (isList ? value : [value]) as T[] };
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
