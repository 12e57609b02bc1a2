/** Rules of bindings: their target is a node with a name. Nothing is stored. */
import { notSupported, required } from '../../../apimachinery/fielderror.js';
import type { Strategy } from '../../kind.js';
import { Binding } from '../types/binding.js';

export const strategy: Strategy<Binding> = {
  schema: Binding,
  validate: ({ target: { kind = '', name = '' } }) => [
    ...(kind === '' || kind === 'Node' ? [] : [notSupported('target.kind', kind, ['Node', '<empty>'])]),
    ...(name === '' ? [required('target.name')] : []),
  ],
  generation: false,
};
