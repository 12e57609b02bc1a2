/** -v: what is told of requests at each level, in klog's form. */
import { expect, it } from 'vitest';
import { klogLine } from '../../src/cli/klog.js';
import { verbose } from '../../src/cli/verbose.js';

const STAMP = /^I\d{4} \d\d:\d\d:\d\d\.\d{6} +\d+ /gm;

async function told(level: number): Promise<string> {
  let text = '';
  const context: any = { clock: { now: () => 0 }, err: (line: string) => (text += line) };
  const handler = {
    handle: async () => ({ type: 'object', status: 201, headers: { 'content-type': 'application/json' }, form: 'json', object: { kind: 'Pod' } }) as never,
  };
  const session = verbose(context, { handler, credentials: { type: 'bearer', token: 'secret' }, server: 'https://h:1', embedded: true } as never, level);
  const body = { kind: 'Pod' };
  await session.handler.handle({
    method: 'POST',
    path: '/api/v1/pods',
    query: new URLSearchParams({ a: 'b' }),
    headers: { accept: 'application/json' },
    credentials: session.credentials,
    body,
  });
  return text.replace(STAMP, '');
}

it('6 tells of the answer in one line', async () => {
  expect(await told(6)).toBe('round_trippers.go:632] "Response" verb="POST" url="https://h:1/api/v1/pods?a=b" status="201 Created" milliseconds=0\n');
});

it('7 tells of headers, and not of secrets', async () => {
  expect(await told(7)).toBe(
    'round_trippers.go:527] "Request" verb="POST" url="https://h:1/api/v1/pods?a=b" headers=<\n\tAccept: application/json\n\tAuthorization: Bearer <masked>\n\tContent-Type: application/json\n >\nround_trippers.go:632] "Response" status="201 Created" milliseconds=0\n',
  );
});

it('8 tells of bodies too, and 9 how curl would ask', async () => {
  const eight = await told(8);
  expect(eight).toContain('helper.go:246] "Request Body" body=<\n\t{"kind":"Pod"}\n >\n');
  expect(eight).toContain('status="201 Created" headers=<\n\tContent-Type: application/json\n > milliseconds=0\n');
  expect(await told(9)).toContain(
    '"Request" curlCommand=<\n\tcurl -v -XPOST  -H "Accept: application/json" -H "Authorization: Bearer <masked>" -H "Content-Type: application/json" \'https://h:1/api/v1/pods?a=b\'\n >\n',
  );
});

it('a warning is a line with a W', () => {
  expect(klogLine({ clock: { now: () => 0 } as never }, 'W', 'prune.go:71', 'text')).toMatch(/^W0101 \d\d:\d\d:00\.000000 {7}1 prune\.go:71\] text\n$/);
});
