/** Families of Services in a cluster with IPv4 alone. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { chooseFamilies } from '../../../src/apiserver/services/families.js';
import { StatusError } from '../../../src/apimachinery/status.js';

const service = (spec: object): any => ({ metadata: { name: 's' }, spec: { type: 'ClusterIP', selector: { a: 'b' }, ...spec } });

function refusal(spec: object, previous?: object): string | undefined {
  try {
    chooseFamilies(service(spec), previous === undefined ? undefined : service(previous));
    return undefined;
  } catch (error) {
    assert.ok(error instanceof StatusError);
    return error.status.message;
  }
}

const CHOICES: readonly [what: string, spec: object, policy: string, families: string[]][] = [
  ['one that says nothing', {}, 'SingleStack', ['IPv4']],
  ['one with an address', { clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9'] }, 'SingleStack', ['IPv4']],
  ['one that prefers both', { ipFamilyPolicy: 'PreferDualStack' }, 'PreferDualStack', ['IPv4']],
  ['a headless one with a selector', { clusterIP: 'None', clusterIPs: ['None'] }, 'SingleStack', ['IPv4']],
  ['a headless one without', { clusterIP: 'None', clusterIPs: ['None'], selector: undefined }, 'RequireDualStack', ['IPv4', 'IPv6']],
];
for (const [what, spec, policy, families] of CHOICES) {
  test(`${what} gets its families`, () => {
    const made = service(spec);
    chooseFamilies(made, undefined);
    assert.deepEqual([made.spec.ipFamilyPolicy, made.spec.ipFamilies], [policy, families]);
  });
}

const REFUSALS: readonly [spec: object, previous: object | undefined, complaint: string][] = [
  [
    { ipFamilyPolicy: 'RequireDualStack' },
    undefined,
    'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
  ],
  [{ ipFamilies: ['IPv6'] }, undefined, 'spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster'],
  [{ clusterIP: 'fd00::1', clusterIPs: ['fd00::1'] }, undefined, 'spec.clusterIPs[0]: Invalid value: ["fd00::1"]: IPv6 is not configured on this cluster'],
  [
    { ipFamilies: ['IPv4', 'IPv6'] },
    undefined,
    `spec.ipFamilyPolicy: Invalid value: "SingleStack": must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified`,
  ],
  [
    { ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv4'] },
    { ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv4', 'IPv6'] },
    `spec.ipFamilyPolicy: Invalid value: "RequireDualStack": must be 'SingleStack' to release the secondary IP family`,
  ],
];
for (const [spec, previous, complaint] of REFUSALS) {
  test(`families are refused: ${complaint}`, () => assert.equal(refusal(spec, previous), `Service "s" is invalid: ${complaint}`));
}
