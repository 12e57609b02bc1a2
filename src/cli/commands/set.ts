/** set: one feature of objects at a time. */
import type { Command } from '../command.js';

const others = () => import('./set/image.js');
const account = async (): Promise<Command> => (await others()).serviceaccount;

export const set: Command = {
  name: 'set',
  summary: 'Set specific features on objects',
  about: 'Configure application resources.\n\nThese commands help you make changes to existing application resources.',
  usage: 'SUBCOMMAND [options]',
  helpTo: 'stderr',
  subcommands: {
    env: async () => (await import('./set/env.js')).env,
    image: async () => (await others()).image,
    resources: async () => (await others()).resources,
    selector: async () => (await others()).selector,
    serviceaccount: account,
    sa: account,
    subject: async () => (await others()).subject,
  },
  subcommandSummaries: {
    env: 'Update environment variables on a pod template',
    image: 'Update the image of a pod template',
    resources: 'Update resource requests/limits on objects with pod templates',
    selector: 'Set the selector on a resource',
    serviceaccount: 'Update the service account of a resource',
    subject: 'Update the user, group, or service account in a role binding or cluster role binding',
  },
};
