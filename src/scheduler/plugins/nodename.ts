/** NodeName: a pod that names a node goes there or nowhere. */
import { reject, SKIP, type Plugin } from '../framework.js';
import { always } from '../events.js';

const NAME = 'NodeName';
const OTHER_NODE = reject(NAME, 'UnschedulableAndUnresolvable', "node(s) didn't match the requested node name");

export const nodeName = (): Plugin => ({
  name: NAME,
  hints: { 'Node/Add': always },
  preFilter: (_, { pod: { spec } }) => (spec.nodeName === undefined || spec.nodeName === '' ? SKIP : undefined),
  filter: (_, { pod: { spec } }, { name }) => (spec.nodeName === name ? undefined : OTHER_NODE),
});
