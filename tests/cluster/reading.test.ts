/** A `get` that only reads answers as the whole cluster does, also where it must hand over to it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeHome, notBuilt, type Home } from '../support/program.js';

let home: Home;
beforeAll(() => {
  home = makeHome();
});
afterAll(() => home.remove());

const answers = async (...words: string[]): Promise<{ out: string; err: string; code: number | null }> => {
  const { out, err, code } = await home.run(words);
  return { out, err, code };
};

test.skipIf(notBuilt)('what a short form answers stays the same in every way of asking for it', { timeout: 60_000 }, async () => {
  const all = await answers('get', 'pods', '-A', '-o', 'name');
  expect(all.code).toBe(0);
  for (const way of [
    ['--chunk-size=2'],
    ['--chunk-size=0'],
    ['--sort-by=.metadata.name'],
    ['-v=1'],
    ['--kubeconfig='],
    ['--field-selector=metadata.name!=none'],
  ]) {
    const { out, err, code } = await answers('get', 'pods', '-A', '-o', 'name', ...way);
    expect({ way, lines: out.split('\n').sort(), err, code }).toEqual({ way, lines: all.out.split('\n').sort(), err: '', code: 0 });
  }
  // Ages, the last column, go on between two commands.
  const ageless = ({ out, ...rest }: { out: string; err: string; code: number | null }): object => ({ ...rest, out: out.replace(/\S+$/gm, '') });
  const table = await answers('get', 'pods,services', '-A');
  expect(table.code).toBe(0);
  expect(ageless(await answers('get', 'pods,services', '-A', '--chunk-size=3'))).toEqual(ageless(table));
});

test.skipIf(notBuilt)('errors are the same', async () => {
  expect(await answers('get', 'pods,widgets')).toEqual({ out: '', err: 'error: the server doesn\'t have a resource type "widgets"\n', code: 1 });
  expect(await answers('get', 'pod', 'a', 'b')).toEqual({
    out: '',
    err: 'Error from server (NotFound): pods "a" not found\nError from server (NotFound): pods "b" not found\n',
    code: 1,
  });
  expect((await answers('get', 'pods', '-o', 'xml')).err).toMatch(
    /^error: unable to match a printer suitable for the output format "xml", allowed formats are: /,
  );
});
