/** Columns of custom resources' tables: the name, then the definition's own, or the age. */
import type { Column } from '../../api/kind.js';
import type { CustomResourceColumnDefinition } from '../../api/apiextensions/types/customresourcedefinition.js';
import { goJson, goValue } from '../../apimachinery/gojson.js';
import { humanDuration, parseTime, TimeError } from '../../apimachinery/time.js';
import { compilePath } from './jsonpath.js';

const AGE: CustomResourceColumnDefinition = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };
const NAME: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  priority: 0,
  cell: (object) => object.metadata.name,
  description: 'The name, of its own among its kind and within its namespace.',
};

export function columnsOf(own: readonly CustomResourceColumnDefinition[] | undefined): Column[] {
  return [NAME, ...(own === undefined || own.length === 0 ? [AGE] : own).map(columnOf)];
}

function columnOf({ name, type, format, description, priority, jsonPath }: CustomResourceColumnDefinition): Column {
  const find = compilePath(jsonPath);
  return {
    name,
    type: type as NonNullable<Column['type']>,
    ...(format === undefined ? {} : { format }),
    description: description ?? (jsonPath === AGE.jsonPath ? 'The time since it was made.' : `What stands at ${jsonPath}.`),
    priority: priority === undefined || priority === 0 ? 0 : (priority as 1),
    cell: (object, now) => {
      const [value] = find(object);
      return value === undefined || value === null ? null : cellOf(type, value, now);
    },
  };
}

/** A value of another type than the column's shows nothing. */
function cellOf(type: string, value: unknown, now: number): string | number | boolean | null {
  switch (type) {
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      return typeof value === 'string' ? ageOf(value, now) : null;
    default:
      return typeof value === 'object' ? goJson(value) : goValue(value);
  }
}

function ageOf(text: string, now: number): string {
  if (text === '' || text === 'null') return '<unknown>';
  try {
    return humanDuration(now - parseTime(text));
  } catch (error) {
    if (error instanceof TimeError) return '<invalid>'; // any text may stand where a column expects a date
    throw error;
  }
}
