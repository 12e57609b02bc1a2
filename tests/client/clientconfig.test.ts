/** What a kubeconfig leads to, and how one that leads nowhere is refused: client-go's words, as kubectl 1.36 prints them. */
import assert from 'node:assert/strict';
import { describe, expect, it } from 'vitest';
import { resolveKubeconfig, type KubeconfigChoice } from '../../src/client/clientconfig.js';
import { dialCause } from '../../src/client/dialerrors.js';
import type { Kubeconfig } from '../../src/client/kubeconfig.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const CHOICE: KubeconfigChoice = { defaultServer: 'http://localhost:8080' };

function config(user: object, cluster: object = { server: 'https://127.0.0.1:1' }): Kubeconfig {
  return {
    'current-context': 'c',
    clusters: [{ name: 'k', cluster }],
    contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
    users: [{ name: 'u', user }],
  };
}
const resolve = (given: Kubeconfig, choice: Partial<KubeconfigChoice> = {}) => resolveKubeconfig(given, { ...CHOICE, ...choice });

const MISSING = '/nonexistent/file';
const WRONG: readonly (readonly [why: string, user: object, cluster: object | undefined, message: string])[] = [
  [
    'an authority that is not there',
    {},
    { server: 'https://a', 'certificate-authority': MISSING },
    `unable to read certificate-authority ${MISSING} for k due to open ${MISSING}: no such file or directory`,
  ],
  [
    'an authority that is no PEM',
    {},
    { server: 'https://a', 'certificate-authority-data': base64('hello') },
    'unable to load root certificates: unable to parse bytes as PEM block',
  ],
  [
    'an authority for a server that is not checked',
    {},
    { server: 'https://a', 'insecure-skip-tls-verify': true, 'certificate-authority-data': base64('hello') },
    'specifying a root certificates file with the insecure flag is not allowed',
  ],
  [
    'a certificate that is no PEM',
    { 'client-certificate-data': base64('hello'), 'client-key-data': base64('hello') },
    undefined,
    'tls: failed to find any PEM data in certificate input',
  ],
  [
    'a certificate without a key',
    { 'client-certificate-data': base64('hello') },
    undefined,
    'client-key-data or client-key must be specified for u to use the clientCert authentication method.',
  ],
  [
    'two ways to say who one is',
    { token: 't', username: 'n', password: 'p' },
    undefined,
    'more than one authentication method found for u; found [token basicAuth], only one is allowed',
  ],
  ['a token file that is not there', { tokenFile: MISSING }, undefined, `open ${MISSING}: no such file or directory`],
  ['a provider that is no more', { 'auth-provider': { name: 'mine' } }, undefined, 'no Auth Provider found for name "mine"'],
  [
    'several things at once',
    { exec: { command: 'true' } },
    undefined,
    'Error in configuration: \n* apiVersion must be specified for u to use exec authentication plugin\n* interactiveMode must be specified for u to use exec authentication plugin\n',
  ],
];

describe('a kubeconfig', () => {
  it.each(WRONG)('with %s is refused', (_, user, cluster, message) => {
    assert.throws(() => resolve(config(user, cluster)), { message });
  });

  it('is refused where a flag names what it does not have', () => {
    assert.throws(() => resolve(config({}), { context: 'x' }), { message: 'context "x" does not exist' });
    assert.throws(() => resolve(config({}), { cluster: 'x' }), { message: 'cluster "x" does not exist' });
    assert.throws(() => resolve(config({}), { user: 'x' }), { message: 'auth info "x" does not exist' });
  });

  it('is looked at as a whole first by what works in a namespace', () => {
    assert.throws(() => resolve(config({}), { context: 'x', asksNamespace: true }), {
      message: 'Error in configuration: context was not found for specified context: x',
    });
    assert.throws(() => resolve(config({}), { cluster: 'x', asksNamespace: true }), { message: 'no server found for cluster "x"' });
  });

  it('gives way to flags', () => {
    const { target } = resolve(config({ token: 'a' }, { server: 'https://a', 'tls-server-name': 'b' }), { server: 'https://c', token: 'd' });
    expect(target).toEqual({ server: 'https://c', token: 'd' });
  });

  it('tells a server without TLS nothing of who asks, and asks who somebody is that it does not know', () => {
    expect(resolve(config({ token: 'a' }, { server: 'http://a' }))).toMatchObject({ target: { server: 'http://a' }, anonymous: false });
    expect(resolve(config({}))).toMatchObject({ anonymous: true });
    expect(resolve(config({ username: 'n', password: 'p' }))).toMatchObject({ basic: { username: 'n', password: 'p' }, anonymous: false });
  });

  it('without a server means the default one', () => {
    expect(resolve({ clusters: [], contexts: [], users: [] }).target).toEqual({ server: 'http://localhost:8080' });
  });
});

const DIALLED: readonly (readonly [error: object, said: string])[] = [
  [{ code: 'ECONNREFUSED', address: '::1', port: 1 }, 'dial tcp [::1]:1: connect: connection refused'],
  [{ code: 'EHOSTUNREACH', address: '10.0.0.1', port: 6443 }, 'dial tcp 10.0.0.1:6443: connect: no route to host'],
  [{ code: 'ECONNRESET', message: 'socket hang up' }, 'EOF'],
  [{ code: 'SELF_SIGNED_CERT_IN_CHAIN' }, 'tls: failed to verify certificate: x509: certificate signed by unknown authority'],
  [
    { code: 'ERR_TLS_CERT_ALTNAME_INVALID', host: 'foo', cert: { subjectaltname: 'DNS:a, DNS:b, IP Address:10.0.0.1' } },
    'tls: failed to verify certificate: x509: certificate is valid for a, b, not foo',
  ],
  [
    { code: 'ERR_TLS_CERT_ALTNAME_INVALID', host: '10.0.0.2', cert: { subjectaltname: 'DNS:a, IP Address:0:0:0:0:0:0:0:1' } },
    'tls: failed to verify certificate: x509: certificate is valid for ::1, not 10.0.0.2',
  ],
  [{ code: 'EPROTO', message: 'error:0A00010B:SSL routines:ssl3_get_record:wrong version number' }, 'http: server gave HTTP response to HTTPS client'],
];

it.each(DIALLED)('a connection that fails with %j is told of in words of Go', (error, said) => {
  assert.equal(dialCause(Object.assign(new Error(), error), new URL('https://foo:6443')), said);
});
