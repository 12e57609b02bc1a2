import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { it } from 'vitest';
import { encodedList } from '../../src/apimachinery/encodedlist.js';
import { encodePretty } from '../../src/server/encode.js';
import { wantsPretty } from '../../src/server/pretty.js';

const request = (url: string, headers: Record<string, string> = {}) => ({ url, headers }) as unknown as IncomingMessage;

it.each([
  [true, '/api/v1/pods', { 'user-agent': 'curl/8.5.0' }],
  [true, '/api/v1/pods', { 'user-agent': 'Wget/1.21' }],
  [true, '/api/v1/pods', { 'user-agent': 'Mozilla/5.0 (X11)' }],
  [false, '/api/v1/pods', { 'user-agent': 'kubectl/v1.36.3' }],
  [false, '/api/v1/pods', {}],
  [true, '/api/v1/pods?pretty=true', {}],
  [true, '/api/v1/pods?limit=1&pretty=1', { 'user-agent': 'kubectl/v1.36.3' }],
  [false, '/api/v1/pods?pretty=false', { 'user-agent': 'curl/8.5.0' }],
  [false, '/api/v1/pods?pretty=yes', {}],
  [true, '/api/v1/pods?pretty=', { 'user-agent': 'curl/8.5.0' }],
  [true, '/api/v1/pods', { accept: 'application/json;pretty=1' }],
])('JSON is laid out: %s for %s with %o', (expected, url, headers) => assert.equal(wantsPretty(request(url, headers)), expected));

it('JSON that is laid out is indented by two and ends without a line end', () => {
  const object = { metadata: { managedFields: encodedList('[{"fieldsV1":{"f:data":{}}}]') }, list: [] };
  assert.equal(encodePretty(object), JSON.stringify({ metadata: { managedFields: [{ fieldsV1: { 'f:data': {} } }] }, list: [] }, null, 2));
});
