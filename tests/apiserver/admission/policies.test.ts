/** Admission policies: what they match, what they are told, what they refuse, warn of and change. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { testServer } from '../../support/inprocess.js';

const GROUP = '/apis/admissionregistration.k8s.io/v1';
const MAPS = '/api/v1/namespaces/default/configmaps';
const RULE = { apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE', 'UPDATE', 'DELETE'] };

interface Answer {
  status: number;
  body: any;
  warnings: string;
}

async function world() {
  const made = await testServer();
  const send = async (method: string, path: string, body?: object): Promise<Answer> => {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const answered = await made.send({ method, path, headers: { 'content-type': type }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    return { status: answered.status, body: JSON.parse(answered.text), warnings: String(answered.headers['warning'] ?? '') };
  };
  const created = async (path: string, body: object): Promise<any> => {
    const { status, body: answer } = await send('POST', path, body);
    assert.equal(status, 201, JSON.stringify(answer));
    return answer;
  };
  return {
    send,
    created,
    async validating(spec: object, binding: object = {}, name = 'p'): Promise<void> {
      await created(`${GROUP}/validatingadmissionpolicies`, { metadata: { name }, spec: { matchConstraints: { resourceRules: [RULE] }, ...spec } });
      await created(`${GROUP}/validatingadmissionpolicybindings`, {
        metadata: { name: `${name}-b` },
        spec: { policyName: name, validationActions: ['Deny'], ...binding },
      });
    },
    async mutating(spec: object, binding: object = {}, name = 'm'): Promise<void> {
      await created(`${GROUP}/mutatingadmissionpolicies`, {
        metadata: { name },
        spec: { matchConstraints: { resourceRules: [{ ...RULE, operations: ['CREATE', 'UPDATE'] }] }, reinvocationPolicy: 'Never', ...spec },
      });
      await created(`${GROUP}/mutatingadmissionpolicybindings`, { metadata: { name: `${name}-b` }, spec: { policyName: name, ...binding } });
    },
    map: (name: string, data: object = {}, labels: object = {}) => send('POST', MAPS, { metadata: { name, labels }, data }),
  };
}

test('what a validation does not hold for is refused, in the words of the policy', async () => {
  const { validating, map } = await world();
  await validating({
    validations: [
      { expression: "!has(object.data) || !('a' in object.data)", messageExpression: "'a is ' + object.data.a + ', in ' + namespaceObject.metadata.name" },
      { expression: "object.metadata.name != 'no'", reason: 'Forbidden' },
      { expression: "object.metadata.name != 'told'", message: 'not told' },
    ],
  });
  const refused = await map('x', { a: '1' });
  assert.equal(refused.status, 422);
  assert.equal(refused.body.reason, 'Invalid');
  assert.equal(refused.body.message, "configmaps \"x\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'p-b' denied request: a is 1, in default");
  const forbidden = await map('no');
  assert.equal(forbidden.status, 403);
  assert.match(forbidden.body.message, /denied request: failed expression: object\.metadata\.name != 'no'$/);
  assert.match((await map('told')).body.message, /denied request: not told$/);
  assert.equal((await map('yes', { b: '1' })).status, 201);
});

test('a binding may only warn; without a binding nobody is asked', async () => {
  const { validating, map, created } = await world();
  await created(`${GROUP}/validatingadmissionpolicies`, {
    metadata: { name: 'alone' },
    spec: { matchConstraints: { resourceRules: [RULE] }, validations: [{ expression: 'false' }] },
  });
  await validating({ validations: [{ expression: 'false', message: 'hm' }] }, { validationActions: ['Warn', 'Audit'] });
  const answer = await map('x');
  assert.equal(answer.status, 201);
  assert.equal(answer.warnings, "299 - \"Validation failed for ValidatingAdmissionPolicy 'p' with binding 'p-b': hm\"");
});

test('old and new, variables, the request and the conditions', async () => {
  const { validating, map, send } = await world();
  await validating({
    matchConditions: [{ name: 'not-free', expression: "request.name != 'free'" }],
    variables: [
      { name: 'size', expression: 'has(object.data) ? size(object.data) : 0' },
      { name: 'twice', expression: 'variables.size * 2' },
    ],
    validations: [
      { expression: "request.operation == 'DELETE' || variables.twice <= 2", message: 'too many' },
      { expression: 'oldObject == null || object == null || object.data.?k == oldObject.data.?k', message: 'k stays' },
      { expression: "request.operation != 'DELETE'", message: 'stays' },
    ],
  });
  assert.match((await map('x', { a: '1', b: '2' })).body.message, /too many$/);
  assert.equal((await map('free', { a: '1', b: '2' })).status, 201);
  assert.equal((await map('y', { k: '1' })).status, 201);
  assert.match((await send('PATCH', `${MAPS}/y`, { data: { k: '2' } })).body.message, /k stays$/);
  assert.match((await send('DELETE', `${MAPS}/y`)).body.message, /stays$/);
  assert.equal((await send('DELETE', `${MAPS}/free`)).status, 200);
});

test('what goes wrong is a refusal, unless the policy ignores it', async () => {
  const { validating, map } = await world();
  await validating({ validations: [{ expression: "object.data.zz == ''" }], failurePolicy: 'Ignore' }, {}, 'lenient');
  assert.equal((await map('x', { a: '' })).status, 201);
  await validating({ validations: [{ expression: "object.data.zz == ''" }] }, {}, 'strict');
  assert.match((await map('y', { a: '' })).body.message, /expression 'object\.data\.zz == ''' resulted in error: no such key: zz$/);
});

test('parameters are found by name or by labels, and may have to be there', async () => {
  const { validating, map, created } = await world();
  await created(MAPS, { metadata: { name: 'limits', labels: { limits: 'yes' } }, data: { max: '1' } });
  const spec = {
    paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
    matchConditions: [{ name: 'not-limits', expression: "!has(object.metadata.labels) || !('limits' in object.metadata.labels)" }],
    validations: [
      { expression: 'params == null || size(object.?data.orValue({})) <= int(params.data.max)', messageExpression: "'at most ' + params.data.max" },
    ],
  };
  await validating(spec, { paramRef: { name: 'limits', parameterNotFoundAction: 'Deny' } });
  assert.match((await map('x', { a: '1', b: '1' })).body.message, /at most 1$/);
  await created(MAPS, { metadata: { name: 'stricter', labels: { limits: 'yes' } }, data: { max: '0' } });
  assert.equal((await map('y', { a: '1' })).status, 201);
  await validating(spec, { paramRef: { selector: { matchLabels: { limits: 'yes' } }, parameterNotFoundAction: 'Allow' } }, 'q');
  assert.match((await map('z', { a: '1' })).body.message, /'q' with binding 'q-b' denied request: at most 0$/);
  await validating(spec, { paramRef: { name: 'missing', parameterNotFoundAction: 'Deny' } }, 'a');
  assert.match(
    (await map('z', {})).body.message,
    /'a' with binding 'a-b' denied request: failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction$/,
  );
});

test('the authorizer is asked for whoever asks', async () => {
  const { validating, map } = await world();
  await validating({
    validations: [
      { expression: "authorizer.group('').resource('secrets').namespace('default').check('get').allowed()", message: 'may not' },
      { expression: "!authorizer.requestResource.check('create').errored()", message: 'erred' },
    ],
  });
  assert.equal((await map('x')).status, 201);
});

test('a policy is not asked about policies, and only about what it matches', async () => {
  const { validating, created, send } = await world();
  await validating({
    matchConstraints: {
      resourceRules: [{ ...RULE, apiGroups: ['*'], resources: ['*'], apiVersions: ['*'] }],
      namespaceSelector: { matchLabels: { strict: 'yes' } },
    },
    validations: [{ expression: 'false' }],
  });
  await created('/api/v1/namespaces', { metadata: { name: 'other' } });
  assert.equal((await send('POST', '/api/v1/namespaces/other/configmaps', { metadata: { name: 'x' } })).status, 201);
  assert.equal((await send('POST', '/api/v1/namespaces', { metadata: { name: 'strict', labels: { strict: 'yes' } } })).status, 422);
  assert.equal((await send('PATCH', '/api/v1/namespaces/other', { metadata: { labels: { strict: 'yes' } } })).status, 422);
  assert.equal((await send('DELETE', `${GROUP}/validatingadmissionpolicies/p`)).status, 200);
});

test('an apply configuration is merged into the object, a patch applied to it', async () => {
  const { mutating, map } = await world();
  await mutating({
    variables: [{ name: 'who', expression: "'me'" }],
    mutations: [
      { patchType: 'ApplyConfiguration', applyConfiguration: { expression: "Object{metadata: Object.metadata{labels: {'by': variables.who}}}" } },
      {
        patchType: 'JSONPatch',
        jsonPatch: { expression: "[JSONPatch{op: 'add', path: '/metadata/labels/' + jsonpatch.escapeKey('a.io/b'), value: object.metadata.labels.by}]" },
      },
    ],
  });
  const { status, body } = await map('x', { k: 'v' }, { mine: 'yes' });
  assert.equal(status, 201, body.message);
  assert.deepEqual(body.metadata.labels, { mine: 'yes', by: 'me', 'a.io/b': 'me' });
  assert.deepEqual(body.data, { k: 'v' });
});

test('what a policy changed is what the validating ones see; a wrong change is refused', async () => {
  const { mutating, validating, map } = await world();
  await mutating({ mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression: "Object{data: {'set': 'yes'}}" } }] });
  await validating({ validations: [{ expression: "object.data.set == 'yes'" }] });
  assert.equal((await map('x')).status, 201);
  await mutating({ mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: "[JSONPatch{op: 'remove', path: '/data/missing'}]" } }] }, {}, 'n');
  const refused = await map('y');
  assert.equal(refused.status, 403);
  assert.match(refused.body.message, /^policy 'n' with binding 'n-b' denied request: /);
});

test('a policy that asks for it sees the object again after it changed', async () => {
  const { mutating, map } = await world();
  const set = (key: string, when: string): object => ({
    reinvocationPolicy: 'IfNeeded',
    matchConditions: [{ name: 'when', expression: when }],
    mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression: `Object{data: {'${key}': 'yes'}}` } }],
  });
  await mutating(set('first', "has(object.data) && 'second' in object.data"), {}, 'a');
  await mutating(set('always', 'true'), {}, 'a2');
  await mutating(set('second', 'true'), {}, 'b');
  assert.deepEqual((await map('x')).body.data, { always: 'yes', second: 'yes' });
});

test('expressions that cannot be are refused with the policy', async () => {
  const { send } = await world();
  const { status, body } = await send('POST', `${GROUP}/validatingadmissionpolicies`, {
    metadata: { name: 'p' },
    spec: { matchConstraints: { resourceRules: [RULE] }, validations: [{ expression: 'foo > 1' }, { expression: '1 + 1' }] },
  });
  assert.equal(status, 422);
  assert.deepEqual(
    body.details.causes.map(({ message }: { message: string }) => message),
    [
      "Invalid value: \"foo > 1\": compilation failed: ERROR: <input>:1:1: undeclared reference to 'foo' (in container '')\n | foo > 1\n | ^",
      'Invalid value: "1 + 1": must evaluate to bool but got int',
    ],
  );
});
