/** version: of this client, of the kustomize it imitates, of the server. */
import { CliError, type Command } from '../command.js';
import type { Context } from '../context.js';

/** What this client is compatible with; messages and manifests follow these. */
const CLIENT = 'v1.36.3';
const KUSTOMIZE = 'v5.8.1';

export const version: Command = {
  name: 'version',
  summary: 'Print the client and server version information',
  about: 'Print the client and server version information for the current context.',
  usage: '[options]',
  examples: [{ does: 'Print the client and server versions for the current context', command: 'version' }],
  flags: [
    { name: 'client', type: 'bool', description: 'If true, shows client version only (no server required).' },
    { name: 'output', short: 'o', type: 'string', description: "One of 'yaml' or 'json'." },
    // kubectl had it until 1.27, and people still type it; what is printed is short by now.
    { name: 'short', type: 'bool', description: 'Print just the version numbers.', hidden: true },
  ],
  run,
};

async function run(context: Context): Promise<void> {
  const { flags, args } = context;
  if (args.length > 0) throw new CliError(`extra arguments: [${args.join(' ')}]`);
  const output = flags.string('output');
  if (!['', 'yaml', 'json'].includes(output)) throw new CliError("--output must be 'yaml' or 'json'");
  const answers: Record<string, any> = { clientVersion: clientVersion(), kustomizeVersion: KUSTOMIZE };
  let problem: unknown;
  if (!flags.bool('client')) {
    try {
      answers.serverVersion = JSON.parse(await (await context.rest()).text('GET', '/version'));
    } catch (error) {
      // The client's own version is told even where no server answers.
      problem = error;
    }
  }
  if (output === 'yaml') context.out((await import('../../apimachinery/yaml.js')).toYaml(answers));
  else if (output === 'json') context.out(`${JSON.stringify(answers, undefined, 2)}\n`);
  else context.out(`Client Version: ${CLIENT}\nKustomize Version: ${KUSTOMIZE}\n${answers.serverVersion === undefined ? '' : `Server Version: ${answers.serverVersion.gitVersion}\n`}`);
  if (problem !== undefined) throw problem;
}

function clientVersion(): object {
  const [major, minor] = CLIENT.slice(1).split('.');
  return { major, minor, gitVersion: CLIENT, gitCommit: '', gitTreeState: 'clean', buildDate: '', goVersion: '', compiler: 'gc', platform: 'linux/amd64' };
}
