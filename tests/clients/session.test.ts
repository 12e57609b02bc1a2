/** One long session, typed at the real kubectl with `serve`, and at our own command line with the embedded cluster. */
import { describe, expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { makeHome, notBuilt } from '../support/program.js';
import { programPath, startServing } from '../support/serving.js';
import { parseSession, typeSession } from './session.js';

const session = parseSession(readFileSync(new URL('session.txt', import.meta.url), 'utf8'));
const kubectl = programPath('kubectl', 'KUBECTL');
const noKubectl = notBuilt ?? (kubectl === undefined ? 'there is no kubectl on this machine' : undefined);
const ALL_OF_IT_MS = 900_000;

describe.skipIf(noKubectl !== undefined)(`the real kubectl (${noKubectl ?? kubectl})`, () => {
  test(
    'does a day of work against serve',
    async () => {
      const serving = await startServing();
      try {
        expect((await typeSession(session, kubectl!, { KUBECONFIG: serving.kubeconfig })).join('\n\n')).toBe('');
      } finally {
        await serving.stop();
      }
    },
    ALL_OF_IT_MS,
  );
});

/** It takes minutes, and most of what it types is typed by other tests as well. */
const notAsked = process.env.MINIKUBE_TS_LONG === undefined ? 'takes minutes: MINIKUBE_TS_LONG=1 asks for it' : undefined;

describe.skipIf((notAsked ?? notBuilt) !== undefined)(`our own command line (${notAsked ?? notBuilt ?? 'built'})`, () => {
  test(
    'does the same day of work embedded',
    async () => {
      const home = makeHome();
      try {
        expect((await typeSession(session, `${process.execPath} ${resolve('bin/minikube-ts.js')}`, { MINIKUBE_TS_HOME: home.path })).join('\n\n')).toBe('');
      } finally {
        home.remove();
      }
    },
    ALL_OF_IT_MS,
  );
});
