/** version: of this client, of the kustomize it imitates, of the server. */
import { CliError, type Command } from '../command.js';
import { CLIENT_VERSION, clientInfo, KUSTOMIZE_VERSION } from '../clientversion.js';
import type { Context } from '../context.js';

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
  const answers: Record<string, any> = { clientVersion: clientInfo(), kustomizeVersion: KUSTOMIZE_VERSION };
  let problem: unknown;
  if (!flags.bool('client')) {
    // What is wrong with a kubeconfig is told before anything else.
    await context.session().catch((error: Error) => {
      if (error.name !== 'ConnectionError') throw error;
    });
    try {
      answers.serverVersion = JSON.parse(await (await context.rest()).text('GET', '/version'));
    } catch (error) {
      // The client's own version is told even where no server answers.
      problem = error;
    }
  }
  if (output === 'yaml') context.out((await import('../../apimachinery/yaml.js')).toYaml(answers));
  else if (output === 'json') context.out(`${JSON.stringify(answers, undefined, 2)}\n`);
  else
    context.out(
      `Client Version: ${CLIENT_VERSION}\nKustomize Version: ${KUSTOMIZE_VERSION}\n${answers.serverVersion === undefined ? '' : `Server Version: ${answers.serverVersion.gitVersion}\n`}`,
    );
  if (answers.serverVersion !== undefined) tellSkew(context, answers.serverVersion);
  if (problem !== undefined) throw problem;
}

/** kubectl warns of servers that are more than a minor version away. */
const SKEW_MAX = 1;

function tellSkew(context: Context, serverVersion: { gitVersion: string }): void {
  const [client, server] = [CLIENT_VERSION, serverVersion.gitVersion].map(
    (text) => /^v?(\d+)\.(\d+)/.exec(text)?.slice(1).map(Number) as [number, number] | undefined,
  );
  if (client === undefined || server === undefined)
    throw new CliError(`server version error: could not parse ${JSON.stringify(serverVersion.gitVersion)} as version`);
  if (client[0] === server[0] && Math.abs(client[1] - server[1]) <= SKEW_MAX) return;
  const text = `version difference between client (${client.join('.')}) and server (${server.join('.')}) exceeds the supported minor version skew of +/-${SKEW_MAX}`;
  if (context.flags.bool('warnings-as-errors')) throw new CliError(text);
  context.warn(text);
}
