/** Certificate requests, and what Go's crypto/x509 says of those that are wrong. */
import assert from 'node:assert/strict';
import { it } from 'vitest';
import { pemBlocks } from '../../../src/api/certificates/validation/pem.js';
import { requestError } from '../../../src/api/certificates/validation/pkcs10.js';

const DER = Buffer.from(
  'MIGLMD8CAQAwDDEKMAgGA1UEAwwBeDAqMAUGAytlcAMhAMaA9vsckmrLwdHGURWN0MtR2qel98e4E9i+aLM/KCoIoAAwBQYDK2VwA0EAfMgx/dQWbpRxcY/U2gGaQ3PHVcChaFMHA/QNoGb3Vlgrwa18PKUXQTQ8yX6vW5V4WAqqK3IB8n9t+Vz9038cBw==',
  'base64',
);
const pem = (der: Uint8Array, type = 'CERTIFICATE REQUEST') => `-----BEGIN ${type}-----\n${Buffer.from(der).toString('base64')}\n-----END ${type}-----\n`;
const ask = (text: string) => requestError(Buffer.from(text).toString('base64'));
const changed = (at: number, byte: number) => Buffer.from(DER.map((old, index) => (index === at ? byte : old)));

it.each([
  ['a request that is signed', pem(DER), undefined],
  ['text before the block', `hello\n${pem(DER)}`, undefined],
  ['another type', pem(DER, 'CERTIFICATE'), 'PEM block type must be CERTIFICATE REQUEST'],
  ['no end line', pem(DER).slice(0, -20), 'PEM block type must be CERTIFICATE REQUEST'],
  [
    'no DER',
    pem(Buffer.from('hello')),
    "asn1: structure error: tags don't match (16 vs {class:1 tag:8 length:101 isCompound:true}) {optional:false explicit:false application:false private:false defaultValue:<nil> tag:<nil> stringType:0 timeType:0 set:false omitEmpty:false} certificateRequest @2",
  ],
  ['nothing at all', pem(Buffer.alloc(0)), 'asn1: syntax error: sequence truncated'],
  ['half of it', pem(DER.subarray(0, 40)), 'asn1: syntax error: data truncated'],
  ['more than it', pem(Buffer.concat([DER, Buffer.from('x')])), 'asn1: syntax error: trailing data'],
  ['another signature', pem(changed(DER.length - 3, DER.at(-3)! ^ 1)), 'x509: Ed25519 verification failure'],
])('%s', (_, text, expected) => assert.equal(ask(text), expected));

it('all blocks of a text are found, those that are not whole passed over', () => {
  const text = `${pem(DER, 'A')}-----BEGIN X-----\n!!\n-----END X-----\n-----BEGIN B-----\nkey: value\n\nAQ==\n-----END B-----`;
  assert.deepEqual(
    pemBlocks(text).map(({ type, hasHeaders }) => [type, hasHeaders]),
    [
      ['A', false],
      ['B', true],
    ],
  );
});
