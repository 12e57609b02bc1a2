import { expect, test } from 'vitest';
import { refuseStatus } from '../../../src/api/resource/validation/statusaccess.js';

const onNode = (node: string): any => ({ nodeSelector: { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }] } });
const device = (name: string): any => ({ driver: 'gpu.example.com', pool: 'p', device: name });
const account = (node: string): any => ({
  name: 'system:serviceaccount:kube-system:driver',
  groups: [],
  extra: { 'authentication.kubernetes.io/node-name': [node] },
});

async function told(next: any, previous: any, allowed: readonly string[], user: any = { name: 'me', groups: [] }): Promise<[string[], string[]]> {
  const asked: string[] = [];
  const causes = await refuseStatus(next, previous, {
    user,
    now: 0,
    dryRun: false,
    namespace: 'ns',
    verb: 'update',
    readNamespace: async () => undefined,
    async refusal({ verb, subresource, namespace, name }) {
      const question = `${verb} ${subresource} ${namespace}/${name}`;
      asked.push(question);
      return allowed.includes(question) ? undefined : 'no';
    },
  });
  return [causes.map(({ field, message }) => `${field}: ${message}`), asked];
}

test('who allocates must be allowed to bind claims', async () => {
  expect(await told({ allocation: onNode('n') }, {}, ['update binding /'])).toEqual([[], ['update binding /']]);
  expect(await told({ reservedFor: [{ resource: 'pods', name: 'p', uid: 'u' }] }, {}, [])).toEqual([
    ['status: Forbidden: changing status.allocation or status.reservedFor requires resource="resourceclaims/binding", verb="update" permission: no'],
    ['update binding /'],
  ]);
});

test('who tells of a device must be allowed to speak for its driver, on its node or anywhere', async () => {
  const before = { allocation: onNode('n'), devices: [device('a')] };
  const after = { allocation: onNode('n'), devices: [device('b')] };
  const [here, anywhere] = ['associated-node:update driver ns/gpu.example.com', 'arbitrary-node:update driver ns/gpu.example.com'];
  expect(await told(before, before, [])).toEqual([[], []]);
  expect(await told(after, before, [here], account('n'))).toEqual([[], [here]]);
  expect(await told(after, before, [anywhere], account('n'))).toEqual([[], [here, anywhere]]);
  expect(await told(after, before, [here], account('other'))).toEqual([
    ['status.devices: Forbidden: changing status.devices requires resource="resourceclaims/driver", verb="[arbitrary-node:update]" permission: no'],
    [anywhere],
  ]);
});
