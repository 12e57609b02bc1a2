/** JSON on one line as Go's encoder writes maps: keys sorted, <, > and & escaped. */
import { goJson, sortedKeys } from '../../apimachinery/gojson.js';

export const toCompactJson = (value: unknown): string => goJson(sortedKeys(value));
