/** Certificate requests on a real API server: who is approved, what is signed, what is failed, and when requests go. */
import 'reflect-metadata';
import { afterEach, beforeAll, test } from 'vitest';
import assert from 'node:assert/strict';
import { X509Certificate as Certificate } from 'node:crypto';
import { Pkcs10CertificateRequestGenerator, SubjectAlternativeNameExtension } from '@peculiar/x509';
import { createAuthority, notAfterOf, parseRequest, signRequest, type KeyPair } from '../../../src/server/pki.js';
import { controlPlane, type ControlPlane } from '../../support/controlplane.js';

let ca: KeyPair;
let plane: ControlPlane | undefined;
beforeAll(async () => {
  ca = await createAuthority('kubernetes', Date.parse('2030-01-01T00:00:00Z'));
});
afterEach(() => plane?.stop());

const PATH = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const KUBELET = 'kubernetes.io/kube-apiserver-client-kubelet';

async function world() {
  plane = await controlPlane({
    only: ['certificatesigningrequest-approving', 'certificatesigningrequest-signing', 'certificatesigningrequest-cleaner', 'clusterrole-aggregation'],
    config: {
      certificates: { parse: parseRequest, notAfter: notAfterOf, sign: (pem, options) => signRequest(ca, pem, { ...options, nowMs: plane!.clock.now() }) },
    },
  });
  const { send, quiescence } = plane;
  const json = async (method: string, path: string, body?: object, headers: Record<string, string | string[]> = {}) => {
    const answer = await send({
      method,
      path,
      headers: { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json', ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    await quiescence.settled();
    return JSON.parse(answer.text);
  };
  const request = async (
    name: string,
    {
      signer,
      subject,
      usages,
      names = [],
      as,
      seconds,
    }: {
      signer: string;
      subject: string;
      usages: string[];
      names?: { type: 'dns' | 'ip'; value: string }[];
      as?: Record<string, string | string[]>;
      seconds?: number;
    },
  ) => {
    const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
    const made = await Pkcs10CertificateRequestGenerator.create({
      name: subject,
      keys,
      signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
      ...(names.length === 0 ? {} : { extensions: [new SubjectAlternativeNameExtension(names)] }),
    });
    return json(
      'POST',
      PATH,
      {
        metadata: { name },
        spec: {
          signerName: signer,
          usages,
          request: Buffer.from(made.toString('pem')).toString('base64'),
          ...(seconds === undefined ? {} : { expirationSeconds: seconds }),
        },
      },
      as,
    );
  };
  const approve = async (name: string) => {
    const csr = await json('GET', `${PATH}/${name}`);
    return json('PUT', `${PATH}/${name}/approval`, { ...csr, status: { conditions: [{ type: 'Approved', status: 'True', reason: 'Me', message: 'yes' }] } });
  };
  const get = (name: string) => json('GET', `${PATH}/${name}`);
  return { ...plane, json, request, approve, get };
}

const certificateOf = ({ status }: any): Certificate => new Certificate(Buffer.from(status.certificate, 'base64'));
const CLIENT_USAGES = ['digital signature', 'key encipherment', 'client auth'];

test("a user's request waits for approval and is then signed by the cluster's authority", async () => {
  const { request, approve, get } = await world();
  await request('jane', { signer: 'kubernetes.io/kube-apiserver-client', subject: 'O=dev,CN=jane', usages: ['client auth'] });
  assert.equal((await get('jane')).status.certificate, undefined);
  await approve('jane');
  const certificate = certificateOf(await get('jane'));
  assert.equal(certificate.subject.replace('\n', ','), 'O=dev,CN=jane');
  assert.ok(certificate.verify(new Certificate(ca.cert).publicKey));
  assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.2']);
  assert.deepEqual([certificate.validFrom, certificate.validTo], ['Dec 31 23:55:00 2029 GMT', 'Dec 31 23:55:00 2030 GMT']);
  assert.equal(certificate.ca, false);
});

test('a shorter life may be asked for', async () => {
  const { request, approve, get } = await world();
  await request('short', { signer: 'kubernetes.io/kube-apiserver-client', subject: 'CN=jane', usages: ['client auth'], seconds: 3600 });
  await approve('short');
  assert.equal(certificateOf(await get('short')).validTo, 'Jan  1 01:00:00 2030 GMT');
});

test("a kubelet's own client certificate is approved where its group may have it so", async () => {
  const { request, get, json } = await world();
  const as = { 'impersonate-user': 'system:node:n1', 'impersonate-group': ['system:nodes', 'system:authenticated'] };
  const binding = {
    metadata: { name: 'renew' },
    subjects: [{ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'system:nodes' }],
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient' },
  };
  const createCsr = { metadata: { name: 'ask' }, subjects: binding.subjects, roleRef: { ...binding.roleRef, name: 'system:node-bootstrapper' } };
  await json('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', createCsr);
  const made = await request('early', { signer: KUBELET, subject: 'O=system:nodes,CN=system:node:n1', usages: CLIENT_USAGES, as });
  assert.equal(made.kind, 'CertificateSigningRequest', JSON.stringify(made));
  assert.deepEqual((await get('early')).status, {});
  await json('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', binding);
  await request('own', { signer: KUBELET, subject: 'O=system:nodes,CN=system:node:n1', usages: CLIENT_USAGES, as });
  const { status } = await get('own');
  assert.deepEqual(
    status.conditions.map(({ type, reason, message }: any) => [type, reason, message]),
    [['Approved', 'AutoApproved', 'Auto approving self kubelet client certificate after SubjectAccessReview.']],
  );
  assert.ok(status.certificate);
});

const FAILS: readonly [string, Parameters<Awaited<ReturnType<typeof world>>['request']>[1], string][] = [
  ['organization', { signer: KUBELET, subject: 'O=dev,CN=system:node:n', usages: CLIENT_USAGES }, 'subject organization is not system:nodes'],
  [
    'names',
    { signer: KUBELET, subject: 'O=system:nodes,CN=system:node:n', usages: CLIENT_USAGES, names: [{ type: 'dns', value: 'n' }] },
    'DNS subjectAltNames are not allowed',
  ],
  [
    'serving without a name',
    { signer: 'kubernetes.io/kubelet-serving', subject: 'O=system:nodes,CN=system:node:n', usages: ['server auth', 'digital signature'] },
    'DNS or IP subjectAltName is required',
  ],
  [
    'usages',
    {
      signer: 'kubernetes.io/kubelet-serving',
      subject: 'O=system:nodes,CN=system:node:n',
      usages: ['client auth'],
      names: [{ type: 'ip', value: '10.0.0.1' }],
    },
    'usages did not match [digital signature key encipherment server auth]',
  ],
  [
    "a server's usage",
    { signer: 'kubernetes.io/kube-apiserver-client', subject: 'CN=x', usages: ['server auth'] },
    'invalid usage for client certificate: server auth',
  ],
];

test.each(FAILS)('%s that the signer does not take is told as a failure', async (_, asked, message) => {
  const { request, approve, get } = await world();
  await request('r', asked);
  await approve('r');
  const { status } = await get('r');
  assert.equal(status.certificate, undefined);
  assert.deepEqual(
    status.conditions.slice(1).map(({ type, reason, message: told }: any) => [type, reason, told]),
    [['Failed', 'SignerValidationFailure', message]],
  );
});

test("a kubelet's serving certificate keeps its names", async () => {
  const { request, approve, get } = await world();
  await request('s', {
    signer: 'kubernetes.io/kubelet-serving',
    subject: 'O=system:nodes,CN=system:node:n',
    usages: ['server auth', 'digital signature'],
    names: [
      { type: 'dns', value: 'n' },
      { type: 'ip', value: '10.0.0.1' },
    ],
  });
  await approve('s');
  assert.equal(certificateOf(await get('s')).subjectAltName, 'DNS:n, IP Address:10.0.0.1');
});

test("another's signer is left to it", async () => {
  const { request, approve, get } = await world();
  await request('x', { signer: 'example.com/own', subject: 'CN=x', usages: ['client auth'] });
  await approve('x');
  assert.equal((await get('x')).status.certificate, undefined);
});

test('requests go: an hour after they were decided, a day after they were made and not', async () => {
  const { request, approve, json, clock } = await world();
  const left = async (): Promise<string[]> => (await json('GET', PATH)).items.map(({ metadata }: any) => metadata.name);
  await request('done', { signer: 'kubernetes.io/kube-apiserver-client', subject: 'CN=jane', usages: ['client auth'] });
  await approve('done');
  await request('waits', { signer: 'kubernetes.io/kube-apiserver-client', subject: 'CN=jane', usages: ['client auth'] });
  await clock.advance(3_500_000);
  assert.deepEqual(await left(), ['done', 'waits']);
  await clock.advance(200_000);
  assert.deepEqual(await left(), ['waits']);
  await clock.advance(24 * 3_600_000);
  assert.deepEqual(await left(), []);
});

test('a role that aggregates has the rules of those it selects, and loses them with them', async () => {
  const { json } = await world();
  const roles = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
  const rule = (resource: string) => ({ apiGroups: [''], resources: [resource], verbs: ['get'] });
  await json('POST', roles, { metadata: { name: 'whole' }, aggregationRule: { clusterRoleSelectors: [{ matchLabels: { part: 'yes' } }] } });
  for (const [name, resource] of [
    ['b', 'pods'],
    ['a', 'nodes'],
    ['c', 'pods'],
  ] as const)
    await json('POST', roles, { metadata: { name, labels: { part: 'yes' } }, rules: [rule(resource)] });
  const whole = await json('GET', `${roles}/whole`);
  assert.deepEqual(
    whole.rules,
    [
      { apiGroups: [''], resources: ['nodes'], verbs: ['get'] },
      { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
    ].map(({ verbs, ...rest }) => ({ verbs, ...rest })),
  );
  assert.deepEqual(
    whole.metadata.managedFields.map(({ manager, operation }: any) => [manager, operation]),
    [
      ['clusterrole-aggregation-controller', 'Apply'],
      ['unknown', 'Update'],
    ],
  );
  await json('DELETE', `${roles}/a`);
  assert.deepEqual(
    (await json('GET', `${roles}/whole`)).rules.map(({ resources }: any) => resources[0]),
    ['pods'],
  );
});
