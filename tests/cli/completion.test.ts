/** What bash makes of the words that may stand next: the script of `completion bash`, with the program it asks played here. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'vitest';
import { completion } from '../../src/cli/commands/completion.js';
import type { Context } from '../../src/cli/context.js';

async function scriptOf(shell: string): Promise<string> {
  let text = '';
  await completion.run!({ args: [shell], out: (more: string) => (text += more), host: { program: 'kubectl' } } as unknown as Context);
  return text;
}

/** `line`: as typed, the cursor at its end; `word`: what bash takes for the word there. Answers what bash would put in its place. */
async function replies(line: string, answers: readonly string[], word = ''): Promise<{ asked: string; replies: string[] }> {
  const program = `kubectl() { printf '%s|' "$@" >&3; printf '%s\\n' ${answers.map((answer) => `'${answer}'`).join(' ')}; }`;
  const ask = `COMP_LINE='${line}' COMP_POINT=${line.length} COMP_WORDS=(kubectl '${word}') COMP_CWORD=1; __start_kubectl; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, output } = spawnSync('bash', ['--norc', '--noprofile', '-c', `${await scriptOf('bash')}\n${program}\n${ask}`], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    cwd: '/',
  });
  return { asked: output[3]!, replies: stdout.split('\n').filter((reply) => reply !== '') };
}

describe.skipIf(spawnSync('bash', ['--version']).status !== 0)('completion bash', () => {
  it('asks with the words of the line, without quotes, and drops descriptions', async () => {
    assert.deepEqual(await replies('kubectl -n "kube-system" get p', ['pods\tall pods', 'podtemplates', ':4']), {
      asked: '__complete|-n|kube-system|get|p|',
      replies: ['pods', 'podtemplates'],
    });
    assert.equal((await replies('kubectl get ', [':4'])).asked, '__complete|get||');
  });

  it('runs nothing that only stands in the line', async () => {
    assert.equal((await replies('kubectl get $(false)`false` ', [':4'])).asked, '__complete|get|$(false)`false`||');
  });

  it.each([
    ['kubectl get --output=j', ['json', 'jsonpath', ':4'], ['json', 'jsonpath']],
    ['kubectl cp tw', ['two:', 'two.yaml', ':2'], ['two:', 'two.yaml']],
    ['kubectl port-forward p 80:', ['80:80', '80:8443', ':4'], ['80', '8443']],
    ['kubectl config use-context kubernetes-admin@m', ['kubernetes-admin@minikube-ts', ':4'], ['@minikube-ts']],
    ['kubectl get --context=kubernetes-admin@m', ['kubernetes-admin@minikube-ts', ':4'], ['@minikube-ts']],
    ['kubectl apply -f et', ['json', 'yaml', ':8'], ['etc']],
  ])('puts in its place what bash takes apart: %s', async (line, answers, expected) => {
    assert.deepEqual((await replies(line, answers)).replies, expected);
  });
});

describe('completion', () => {
  it.each(['zsh', 'fish', 'powershell'])('has a script for %s, under the name that was called', async (shell) => {
    const script = await scriptOf(shell);
    assert.match(script, /kubectl/);
    assert.doesNotMatch(script, /minikube-ts|undefined/);
  });
});
