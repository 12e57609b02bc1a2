/** Private registries: what a pod without the password is told, whose secret fits which registry, and who may use what is on the node already. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import { PodKind, type Pod, type Secret } from '../../src/kubelet/kinds.js';
import { Event as EventKind } from '../../src/api/core/event.js';
import { pullCredentials } from '../../src/kubelet/containers/pullsecrets.js';
import type { ConfigReader } from '../../src/kubelet/containers/env.js';
import { createLab, type Lab } from './lab.js';

const IMAGE = 'reg.example.com/team/private-app:v1';
const secret = (name: string, server: string): object => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  type: 'kubernetes.io/dockerconfigjson',
  data: { '.dockerconfigjson': config(server) },
});
const config = (server: string): string =>
  Buffer.from(JSON.stringify({ auths: { [server]: { username: 'me', password: 'secret', auth: Buffer.from('me:secret').toString('base64') } } })).toString(
    'base64',
  );
const pod = (name: string, pullSecret?: string, policy = 'IfNotPresent'): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: {
    containers: [{ name: 'c', image: IMAGE, imagePullPolicy: policy }],
    ...(pullSecret === undefined ? {} : { imagePullSecrets: [{ name: pullSecret }] }),
  },
});
const told = async (lab: Lab, name: string): Promise<string[]> =>
  (await lab.client.on<any>(EventKind).list({ namespace: 'ns' })).items
    .filter(({ involvedObject }: any) => involvedObject.name === name)
    .map(({ reason, message }: any) => `${reason}: ${message}`);
const waiting = async (lab: Lab, name: string): Promise<string | undefined> =>
  (await lab.client.on<Pod>(PodKind).get({ namespace: 'ns', name })).status.containerStatuses![0]!.state?.waiting?.reason;

test('an image of a private registry needs its password, also where it is on the node already', async () => {
  const lab = await createLab();
  await lab.namespace('ns');
  await lab.create('ns', [
    secret('right', 'reg.example.com'),
    secret('other', 'other.example.com'),
    pod('none'),
    pod('missing', 'nosuch'),
    pod('wrong', 'other'),
  ]);
  await lab.clock.advance(1_000);
  const denied = `Failed to pull image "${IMAGE}": failed to pull and unpack image "${IMAGE}": failed to resolve reference "${IMAGE}": pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials`;
  for (const name of ['none', 'missing', 'wrong']) {
    assert.ok((await told(lab, name)).includes(`Failed: ${denied}`), name);
    assert.match((await waiting(lab, name))!, /^(ErrImagePull|ImagePullBackOff)$/);
  }
  assert.ok(
    (await told(lab, 'missing')).includes(
      'FailedToRetrieveImagePullSecret: Unable to retrieve some image pull secrets (nosuch); attempting to pull the image may not succeed.',
    ),
  );
  await lab.create('ns', [pod('right', 'right')]);
  await lab.clock.advance(1_000);
  assert.equal(await waiting(lab, 'right'), undefined);
  await lab.create('ns', [pod('late'), pod('never', undefined, 'Never'), pod('again', 'right')]);
  await lab.clock.advance(1_000);
  assert.ok((await told(lab, 'late')).includes(`Failed: ${denied}`));
  assert.ok(
    (await told(lab, 'never')).includes(
      `ErrImageNeverPull: Container image "${IMAGE}" is present with pull policy of Never but does not have the proper credentials to access the image`,
    ),
  );
  assert.ok((await told(lab, 'again')).includes(`Pulled: Container image "${IMAGE}" already present on machine and can be accessed by the pod`));
  await lab.stop();
});

const FITS: readonly (readonly [server: string, image: string, fits: boolean])[] = [
  ['https://index.docker.io/v1/', 'me/app:1', true],
  ['https://index.docker.io/v1/', 'docker.io/me/app:1', true],
  ['https://index.docker.io/v1/', 'reg.io/me/app', false],
  ['reg.io', 'reg.io/a', true],
  ['https://reg.io/v2/', 'reg.io/a', true],
  ['reg.io:5000', 'reg.io/a', false],
  ['reg.io:5000', 'reg.io:5000/a', true],
  ['*.reg.io', 'eu.reg.io/a', true],
  ['*.reg.io', 'reg.io/a', false],
  ['reg.io/team', 'reg.io/team/app', true],
  ['reg.io/team', 'reg.io/other/app', false],
];

test('a password is for the registries, and the part of them, that its key names', async () => {
  for (const [server, image, fits] of FITS) {
    const reader = { secret: async () => ({ ...(secret('s', server) as Secret) }) } as unknown as ConfigReader;
    const found = await pullCredentials({ metadata: { namespace: 'ns' }, spec: { imagePullSecrets: [{ name: 's' }] } } as unknown as Pod, image, reader);
    assert.equal(found !== undefined, fits, `${server} ${image}`);
  }
});
