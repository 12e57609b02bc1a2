/** --match-server-version: nothing is asked of a server of another version than this client's. */
import { CliError } from './command.js';
import { CLIENT_VERSION, clientInfo } from './clientversion.js';
import type { Rest } from './rest.js';

/** Throws CliError where the two differ. Of a version, its name counts: what it was built from is no client's but kubectl's. */
export async function matchServerVersion(rest: Rest): Promise<void> {
  let server: Record<string, string>;
  try {
    server = JSON.parse(await rest.text('GET', '/version'));
  } catch (error) {
    throw new CliError(`couldn't read version from server: ${(error as Error).message}`);
  }
  if (server.gitVersion !== CLIENT_VERSION) throw new CliError(`server version (&${goStruct(server)}) differs from client version (${goStruct(clientInfo())})`);
}

const FIELDS = [
  'major',
  'minor',
  'emulationMajor',
  'emulationMinor',
  'minCompatibilityMajor',
  'minCompatibilityMinor',
  'gitVersion',
  'gitCommit',
  'gitTreeState',
  'buildDate',
  'goVersion',
  'compiler',
  'platform',
];

/** As Go's %#v writes it. */
function goStruct(info: Readonly<Record<string, string>>): string {
  return `version.Info{${FIELDS.map((field) => `${field.replace(/^./, (letter) => letter.toUpperCase())}:${JSON.stringify(info[field] ?? '')}`).join(', ')}}`;
}
