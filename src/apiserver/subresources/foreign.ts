/** Bodies of kinds that live only as subresources: Scale, Binding, Eviction, TokenRequest. */
import type { Kind, Strategy } from '../../api/kind.js';
import { typeNodeOf } from '../../apimachinery/compile.js';
import type { KindCall } from '../context.js';
import { decodeObject } from '../write/decode.js';
import type { FieldValidation } from '../write/options.js';
import type { Prepared } from '../write/prepare.js';

export interface ForeignKind {
  group: string;
  version: string;
  kind: string;
  schema: Parameters<typeof typeNodeOf>[0];
  columns?: Kind['columns'];
}

export function foreign({ group, version, kind, schema, columns = [] }: ForeignKind): Prepared {
  const strategy: Strategy = { schema };
  const plain: Kind = {
    group,
    version,
    kind,
    listKind: '',
    plural: '',
    singular: '',
    shortNames: [],
    categories: [],
    namespaced: true,
    verbs: [],
    subresources: [],
    prefix: '',
    columns,
    strategy: async () => strategy,
  };
  return { kind: plain, strategy, node: typeNodeOf(schema), hasStatus: false, emptyStatus: undefined };
}

export const decodeForeign = (call: KindCall, prepared: Prepared, options: { fieldValidation: FieldValidation }): Promise<any> =>
  decodeObject(call, prepared, options);
