/** certificate: approves and denies requests for certificates. */
import { isConflict } from '../../apimachinery/status.js';
import { formatTime } from '../../apimachinery/time.js';
import { CliError, type Command } from '../command.js';
import type { Context } from '../context.js';
import { findInfos, infoPath } from '../infos.js';
import type { Info } from '../manifests.js';
import { FILENAME_FLAGS } from '../sharedflags.js';
import { checkOptions, resultPrinter, tell, WRITE_OUTPUT_FLAGS } from '../writing.js';
import { fromFiles } from '../manifests.js';

const TRIES_MAX = 10;

function deciding(name: 'approve' | 'deny', summary: string, type: 'Approved' | 'Denied', done: string): Command {
  return {
    name,
    summary,
    usage: '(-f FILENAME | NAME) [options]',
    flags: [...WRITE_OUTPUT_FLAGS, ...FILENAME_FLAGS, { name: 'force', type: 'bool', description: 'Update the CSR even if it is already decided.' }],
    async run(context) {
      checkOptions(context);
      if (context.args.length === 0 && !fromFiles(context)) throw new CliError('one or more CSRs must be specified as <name> or -f <filename>');
      context.needs('write');
      const { infos, errors } = await findInfos(context, {
        ...(fromFiles(context) ? {} : { defaultType: 'certificatesigningrequests' }),
        latest: true,
        clusterWide: true,
      });
      const printer = await resultPrinter(context);
      for (const info of infos) {
        try {
          printer.print(await decide(context, info, type), done);
        } catch (error) {
          errors.push(error);
        }
      }
      return tell(context, errors);
    },
  };
}

async function decide(context: Context, info: Info, type: 'Approved' | 'Denied'): Promise<any> {
  const rest = await context.rest();
  let { object } = info;
  const reason = type === 'Approved' ? 'KubectlApprove' : 'KubectlDeny';
  for (let tries = 1; ; tries++) {
    const conditions: any[] = object.status?.conditions ?? [];
    if (conditions.some((one) => one.type === type) && !context.flags.bool('force')) return object;
    const time = formatTime(context.clock.now());
    const condition = {
      type,
      status: 'True',
      reason,
      message: `This CSR was ${type === 'Approved' ? 'approved' : 'denied'} by kubectl certificate ${type === 'Approved' ? 'approve' : 'deny'}.`,
      lastUpdateTime: time,
    };
    const kept = conditions.filter((one) => one.type !== type);
    try {
      return await rest.object('PUT', infoPath(info, 'approval'), { body: { ...object, status: { ...object.status, conditions: [...kept, condition] } } });
    } catch (error) {
      if (!isConflict(error) || tries >= TRIES_MAX) throw error;
      object = await rest.object('GET', infoPath(info));
    }
  }
}

const approve = deciding('approve', 'Approve a certificate signing request', 'Approved', 'approved');
const deny = deciding('deny', 'Deny a certificate signing request', 'Denied', 'denied');

export const certificate: Command = {
  name: 'certificate',
  summary: 'Modify certificate resources',
  about: 'Modify certificate resources.',
  usage: 'SUBCOMMAND [options]',
  subcommands: { approve: async () => approve, deny: async () => deny },
  subcommandSummaries: { approve: approve.summary, deny: deny.summary },
  // As kubectl does: whatever else is asked of it, it shows its help and succeeds.
  run: async (context) => (await import('../help.js')).printHelp(certificate, context.path, context.host, 0),
};
