/** Rules of flow schemas and priority levels. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { FlowSchema } from '../../../src/api/flowcontrol/flowschema.js';
import { PriorityLevelConfiguration } from '../../../src/api/flowcontrol/prioritylevelconfiguration.js';
import { withChange, written } from '../written.js';

const schema = {
  apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
  kind: 'FlowSchema',
  metadata: { name: 'f' },
  spec: {
    priorityLevelConfiguration: { name: 'p' },
    rules: [
      {
        subjects: [{ kind: 'User', user: { name: 'u' } }],
        resourceRules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'], namespaces: ['a'] }],
        nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/a'] }],
      },
    ],
  },
};
const level = {
  apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
  kind: 'PriorityLevelConfiguration',
  metadata: { name: 'p' },
  spec: { type: 'Limited', limited: { limitResponse: { type: 'Reject' } } },
};
const exempt = {
  apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
  kind: 'PriorityLevelConfiguration',
  metadata: { name: 'exempt' },
  spec: { type: 'Exempt', exempt: { lendablePercent: 50 } },
};

test.each<[string, any, object, string[]]>([
  [
    'a namespace that is none',
    FlowSchema,
    withChange(schema, 'spec.rules.0.resourceRules.0.namespaces', ['A']),
    [
      "spec.rules[0].resourceRules[0].namespaces[0]: Invalid value: \"A\": each member of this list must be '*' or a DNS-1123 label; a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
    ],
  ],
  [
    'all paths, and one that is none',
    FlowSchema,
    withChange(schema, 'spec.rules.0.nonResourceRules.0.nonResourceURLs', ['*', 'x']),
    ['spec.rules[0].nonResourceRules[0].nonResourceURLs: Invalid value: ["*","x"]: if \'*\' is present, must not specify other non-resource URLs'],
  ],
  [
    'a schema whose spec is fixed',
    FlowSchema,
    { ...schema, metadata: { name: 'exempt' }, spec: { priorityLevelConfiguration: { name: 'exempt' }, matchingPrecedence: 1 } },
    [
      'spec: Invalid value: {"PriorityLevelConfiguration":{"Name":"exempt"},"MatchingPrecedence":1,"DistinguisherMethod":null,"Rules":null}: spec of \'exempt\' must equal the fixed value',
    ],
  ],
  ['what the exempt level lends', PriorityLevelConfiguration, exempt, []],
  [
    'exempt that is not named so',
    PriorityLevelConfiguration,
    withChange(exempt, 'metadata.name', 'x'),
    ["spec.type: Invalid value: \"Exempt\": type must be 'Exempt' if and only if `name` is 'exempt'"],
  ],
  [
    'shares below zero',
    PriorityLevelConfiguration,
    withChange(exempt, 'spec.exempt.nominalConcurrencyShares', -1),
    ['spec.exempt.nominalConcurrencyShares: Invalid value: -1: must be a non-negative integer'],
  ],
  [
    'a level whose spec is fixed',
    PriorityLevelConfiguration,
    withChange(level, 'metadata.name', 'catch-all'),
    [
      'spec: Invalid value: {"Type":"Limited","Limited":{"NominalConcurrencyShares":30,"LimitResponse":{"Type":"Reject","Queuing":null},"LendablePercent":0,"BorrowingLimitPercent":null},"Exempt":null}: spec of \'catch-all\' must equal the fixed value',
    ],
  ],
])('%s', async (_, kind, body, causes) => assert.deepEqual((await written(kind, body)).causes, causes));
