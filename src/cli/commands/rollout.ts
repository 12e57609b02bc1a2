/** rollout: the rollouts of workloads, watched, paused, resumed, begun again and undone. */
import { isStatusError } from '../../apimachinery/status.js';
import { formatTime } from '../../apimachinery/time.js';
import { CliError, type Command } from '../command.js';
import type { Context } from '../context.js';
import { groupResource } from '../discovery.js';
import { findInfos, infoPath } from '../infos.js';
import { kustomizeFailed, requireObjects, type Info } from '../manifests.js';
import { FILENAME_FLAGS, SELECTOR_FLAG } from '../sharedflags.js';
import { fieldManagerFlag, resultPrinter, tell, WRITE_OUTPUT_FLAGS, writeQuery } from '../writing.js';

const FLAGS = [...WRITE_OUTPUT_FLAGS, ...FILENAME_FLAGS, SELECTOR_FLAG, fieldManagerFlag('kubectl-rollout')];
const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';

interface Change {
  done: string;
  /** A merge patch; throws why it cannot be. */
  patch(info: Info): object;
}

function changing(name: string, summary: string, change: (context: Context) => Change): Command {
  return {
    name,
    summary,
    usage: 'RESOURCE [options]',
    flags: FLAGS,
    async run(context) {
      context.needs('write');
      const { done, patch } = change(context);
      requireObjects(context);
      const { infos, errors } = await findInfos(context, { latest: true, everything: true }).catch(kustomizeFailed(context));
      if (infos.length === 0 && errors.length === 0) context.err(`No resources found in ${await context.namespace()} namespace.\n`);
      const printer = await resultPrinter(context, 'none', { typed: infos.map(({ object }) => object), anew: true });
      for (const info of infos) {
        try {
          printer.print(
            await (
              await context.rest()
            ).object('PATCH', infoPath(info), { contentType: 'application/strategic-merge-patch+json', query: writeQuery(context, 'none'), body: patch(info) }),
            done,
          );
        } catch (error) {
          errors.push(isStatusError(error) ? new CliError(`failed to patch: ${error.message}`) : error);
        }
      }
      return tell(context, errors);
    },
  };
}

const named = ({ resource, name }: Info): string => `error: ${groupResource(resource!)} ${JSON.stringify(name)}`;

const pause = changing('pause', 'Mark the provided resource as paused', () => ({
  done: 'paused',
  patch(info) {
    if (info.object.kind !== 'Deployment') throw new CliError(`${named(info)} pausing is not supported`);
    if (info.object.spec.paused) throw new CliError(`${named(info)} is already paused`);
    return { spec: { paused: true } };
  },
}));

const resume = changing('resume', 'Resume a paused resource', () => ({
  done: 'resumed',
  patch(info) {
    if (info.object.kind !== 'Deployment') throw new CliError(`${named(info)} resuming is not supported`);
    if (!info.object.spec.paused) throw new CliError(`${named(info)} is not paused`);
    return { spec: { paused: null } };
  },
}));

const restart = changing('restart', 'Restart a resource', (context) => ({
  done: 'restarted',
  patch(info) {
    const { kind, spec } = info.object;
    if (kind !== 'Deployment' && kind !== 'DaemonSet' && kind !== 'StatefulSet') throw new CliError(`${named(info)} restarting is not supported`);
    if (spec.paused) throw new CliError(`${named(info)} can't restart paused deployment (run rollout resume first)`);
    const time = formatTime(context.clock.now());
    if (spec.template.metadata?.annotations?.[RESTARTED_AT] === time)
      throw new CliError(
        `failed to create patch for ${info.name}: if restart has already been triggered within the past second, please wait before attempting to trigger another`,
      );
    return { spec: { template: { metadata: { annotations: { [RESTARTED_AT]: time } } } } };
  },
}));

export const rollout: Command = {
  name: 'rollout',
  summary: 'Manage the rollout of a resource',
  about: 'Manage the rollout of one or many resources.\n\nValid resource types include:\n\n  *  deployments\n  *  daemonsets\n  *  statefulsets',
  usage: 'SUBCOMMAND [options]',
  examples: [
    { does: 'Rollback to the previous deployment', command: 'rollout undo deployment/abc' },
    { does: 'Check the rollout status of a daemonset', command: 'rollout status daemonset/foo' },
  ],
  subcommands: {
    history: async () => (await import('./rollout/history.js')).history,
    pause: async () => pause,
    restart: async () => restart,
    resume: async () => resume,
    status: async () => (await import('./rollout/status.js')).status,
    undo: async () => (await import('./rollout/history.js')).undo,
  },
  subcommandSummaries: {
    history: 'View rollout history',
    pause: pause.summary,
    restart: restart.summary,
    resume: resume.summary,
    status: 'Show the status of the rollout',
    undo: 'Undo a previous rollout',
  },
};
