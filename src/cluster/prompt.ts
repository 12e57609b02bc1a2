/**
 * Who somebody is, asked on the terminal as kubectl asks it when a kubeconfig
 * does not say: a name, then a password that is not shown.
 */
import type { Input, Terminal } from '../cli/host.js';

export interface NamedUser {
  username: string;
  password: string;
}

/** Rejects in kubectl's words where nobody answers. */
export async function promptForUser({ stdin, stdout }: Terminal): Promise<NamedUser> {
  stdout.write('Please enter Username: ');
  const username = await word(stdin);
  if (username === '') throw new Error('EOF');
  stdout.write('Please enter Password: ');
  if (!stdin.isTty) throw new Error('error reading input for Password');
  stdin.raw(true);
  const password = await word(stdin).finally(() => stdin.raw(false));
  return { username, password };
}

/** What is typed up to the end of a line that holds something; '' where the input ends first. */
function word(stdin: Input): Promise<string> {
  return new Promise((resolve, reject) => {
    let typed = '';
    const stop = stdin.onData(
      (chunk) => {
        typed = `${typed}${Buffer.from(chunk).toString('utf8')}`.replace(/^\s+/, '');
        if (typed.includes('\u0003')) finish(() => reject(new Error('interrupted')));
        const end = /^(\S+)\s/.exec(typed);
        if (end !== null) finish(() => resolve(end[1]!));
      },
      () => finish(() => resolve(typed.trim())),
    );
    const finish = (then: () => void): void => {
      stop();
      then();
    };
  });
}
