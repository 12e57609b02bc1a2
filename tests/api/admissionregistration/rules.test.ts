/** Rules of policies, their bindings and webhooks, beside whether expressions compile. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { MutatingAdmissionPolicy } from '../../../src/api/admissionregistration/mutatingadmissionpolicy.js';
import { MutatingAdmissionPolicyBinding } from '../../../src/api/admissionregistration/mutatingadmissionpolicybinding.js';
import { ValidatingAdmissionPolicy } from '../../../src/api/admissionregistration/validatingadmissionpolicy.js';
import { ValidatingWebhookConfiguration } from '../../../src/api/admissionregistration/validatingwebhookconfiguration.js';
import { withChange, written } from '../written.js';

const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] };
const mutating = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'MutatingAdmissionPolicy',
  metadata: { name: 'p' },
  spec: {
    matchConstraints: { resourceRules: [rule] },
    reinvocationPolicy: 'Never',
    mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: '[JSONPatch{}]' } }],
  },
};
const validating = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name: 'p' },
  spec: { matchConstraints: { resourceRules: [rule] }, validations: [{ expression: 'true' }] },
};
const binding = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingAdmissionPolicyBinding', metadata: { name: 'b' }, spec: { policyName: 'p' } };
const webhook = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: 'w' },
  webhooks: [
    { name: 'a.example.com', sideEffects: 'None', admissionReviewVersions: ['v1'], clientConfig: { service: { name: 's', namespace: 'n' } }, rules: [rule] },
  ],
};
const RESOURCES = 'spec.matchConstraints.resourceRules.0.resources';

test.each<[string, any, object, string[]]>([
  [
    'a patch of both sorts',
    MutatingAdmissionPolicy,
    withChange(mutating, 'spec.mutations.0.applyConfiguration', { expression: 'x' }),
    ['spec.mutations[0].applyConfiguration: Invalid value: "{applyConfiguration}": must not be specified when patchType is JSONPatch'],
  ],
  [
    'changing what is deleted',
    MutatingAdmissionPolicyBinding,
    withChange(binding, 'spec.matchResources', { resourceRules: [{ ...rule, operations: ['DELETE'] }] }),
    ['spec.matchResources.resourceRules.operations: Unsupported value: "DELETE": supported values: "*", "CONNECT", "CREATE", "UPDATE"'],
  ],
  [
    'a param by name and by selector',
    MutatingAdmissionPolicyBinding,
    withChange(binding, 'spec.paramRef', { name: 'n', selector: { matchExpressions: [{ key: 'a', operator: 'In' }] }, parameterNotFoundAction: 'No' }),
    [
      'spec.paramRef.name: Forbidden: name and selector are mutually exclusive',
      "spec.paramRef.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
      'spec.paramRef.selector: Forbidden: name and selector are mutually exclusive',
      'spec.paramRef.parameterNotFoundAction: Unsupported value: "No": supported values: "Deny", "Allow"',
    ],
  ],
  [
    'all and one, in this order',
    MutatingAdmissionPolicy,
    withChange(mutating, RESOURCES, ['*', 'pods']),
    [
      'spec.matchConstraints.resourceRules[0].resources: Invalid value: ["*","pods"]: if \'*\' is present, must not specify other resources without subresources',
    ],
  ],
  ['not in the other order', MutatingAdmissionPolicy, withChange(mutating, RESOURCES, ['pods', '*']), []],
  [
    'all subresources and one',
    MutatingAdmissionPolicy,
    withChange(mutating, RESOURCES, ['*/*', 'pods/*']),
    [
      'spec.matchConstraints.resourceRules[0].resources[1]: Invalid value: "pods/*": if \'*/*\' is present, must not specify pods/*',
      'spec.matchConstraints.resourceRules[0].resources: Invalid value: ["*/*","pods/*"]: if \'*/*\' is present, must not specify other resources',
    ],
  ],
  [
    'a message of two lines',
    ValidatingAdmissionPolicy,
    withChange(validating, 'spec.validations.0.message', 'a\nb'),
    ['spec.validations[0].message: Invalid value: "a\\nb": must not contain line breaks'],
  ],
  [
    'an audit annotation without a key',
    ValidatingAdmissionPolicy,
    withChange(validating, 'spec.auditAnnotations', [{ key: '', valueExpression: ' ' }]),
    [
      'spec.auditAnnotations[0].key: Invalid value: "p/": name part must be non-empty',
      "spec.auditAnnotations[0].key: Invalid value: \"p/\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
      'spec.auditAnnotations[0].valueExpression: Required value: valueExpression is not specified',
    ],
  ],
  [
    'a param kind without a version',
    ValidatingAdmissionPolicy,
    withChange(validating, 'spec.paramKind', { apiVersion: 'a.b/', kind: 'X' }),
    ['spec.paramKind.apiVersion: Invalid value: "a.b/": version must be specified'],
  ],
  [
    'a webhook whose Service has no name, told of the namespace',
    ValidatingWebhookConfiguration,
    withChange(webhook, 'webhooks.0.clientConfig.service.name', ''),
    ['webhooks[0].clientConfig.service.namespace: Required value'],
  ],
])('%s', async (_, kind, body, causes) => assert.deepEqual((await written(kind, body)).causes, causes));
