/** What the status of a policy tells of its expressions. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { controlPlane } from '../support/controlplane.js';

const POLICIES = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
const WIDGETS = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.x.example' },
  spec: {
    group: 'x.example',
    scope: 'Cluster',
    names: { plural: 'widgets', kind: 'Widget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } } } },
      },
    ],
  },
};

test('a policy is told what its expressions get wrong about the kinds that it matches', async () => {
  const plane = await controlPlane({ only: ['validatingadmissionpolicy-status'] });
  const ask = async (method: string, path: string, body?: object): Promise<any> => {
    const answer = await plane.send({
      method,
      path,
      headers: { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    await plane.quiescence.settled();
    return JSON.parse(answer.text);
  };
  const rule = (group: string, resources: string[]) => ({ apiGroups: [group], apiVersions: ['v1'], operations: ['CREATE'], resources });
  const check = async (name: string, resourceRules: object[], spec: object): Promise<any> => {
    await ask('POST', POLICIES, { metadata: { name }, spec: { matchConstraints: { resourceRules }, ...spec } });
    return (await ask('GET', `${POLICIES}/${name}`)).status;
  };
  await ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', WIDGETS);

  assert.deepEqual(
    await check('fine', [rule('apps', ['deployments'])], {
      validations: [{ expression: 'object.spec.replicas > 1', messageExpression: "'has ' + object.metadata.name" }],
    }),
    { observedGeneration: 1, typeChecking: {} },
  );
  assert.deepEqual(
    await check('wrong', [rule('apps', ['replicasets', 'deployments', 'deployments/status'])], {
      variables: [{ name: 'n', expression: 'object.spec.replicas' }],
      validations: [{ expression: 'object.spec.replica > 1', messageExpression: "'has ' + variables.n" }],
    }),
    {
      observedGeneration: 1,
      typeChecking: {
        expressionWarnings: [
          {
            fieldRef: 'spec.validations[0].expression',
            warning: ['Deployment', 'ReplicaSet']
              .map((kind) => `apps/v1, Kind=${kind}: ERROR: <input>:1:12: undefined field 'replica'\n | object.spec.replica > 1\n | ...........^\n`)
              .join('\n'),
          },
          {
            fieldRef: 'spec.validations[0].messageExpression',
            warning: ['Deployment', 'ReplicaSet']
              .map(
                (kind) =>
                  `apps/v1, Kind=${kind}: ERROR: <input>:1:8: found no matching overload for '_+_' applied to '(string, int)'\n | 'has ' + variables.n\n | .......^\n`,
              )
              .join('\n'),
          },
        ],
      },
    },
  );
  assert.deepEqual(await check('any', [rule('*', ['deployments']), rule('apps', ['*'])], { validations: [{ expression: 'object.nonsense == 1' }] }), {
    observedGeneration: 1,
    typeChecking: {},
  });
  assert.deepEqual(
    (await check('custom', [rule('x.example', ['widgets'])], { validations: [{ expression: 'object.spec.size == "a"' }] })).typeChecking.expressionWarnings,
    [
      {
        fieldRef: 'spec.validations[0].expression',
        warning:
          "x.example/v1, Kind=Widget: ERROR: <input>:1:18: found no matching overload for '_==_' applied to '(int, string)'\n | object.spec.size == \"a\"\n | .................^\n",
      },
    ],
  );
  const [entry] = (await ask('GET', `${POLICIES}/wrong`)).metadata.managedFields.filter(({ manager }: any) => manager === 'validatingadmissionpolicy-status');
  assert.deepEqual([entry.operation, entry.subresource], ['Apply', 'status']);
  await plane.stop();
});
