/**
 * A part of which one server at a time may run: it begins when this server has
 * the part's Lease, ends when that is lost, and then competes for it again.
 * Where nobody else can have the cluster there is no election.
 */
import { InProcessIdentity, type UserInfo } from '../apimachinery/request.js';
import type { LeaderElection } from '../client/leaderelection.js';
import type { Machinery } from './running.js';
import type { Begin, Run } from './switched.js';

export interface Elections {
  /** Who this server is on every Lease. */
  identity: string;
  /** While it is made the cluster is this server's alone; elections begin when it is there. */
  alone: boolean;
  /** Called when elections may begin; each resolves when it is known who leads. */
  waiting: (() => Promise<void>)[];
}

interface Elected {
  program: 'kube-controller-manager' | 'kube-scheduler';
  user: UserInfo;
  begin: Begin;
}

export function whileLeading(machinery: Machinery, { program, user, begin }: Elected): Begin {
  const { elections } = machinery;
  return elections === undefined ? begin : (how) => elected(machinery, elections, { program, user, begin }, how);
}

async function elected(machinery: Machinery, elections: Elections, { program, user, begin }: Elected, how: { resumed: boolean }): Promise<Run> {
  const { handler, clock, random, quiescence } = machinery;
  const log = machinery.logs.of(program);
  const [{ createEventRecorder }, { electLeader }, { createClient }] = await Promise.all([
    import('../client/events.js'),
    import('../client/leaderelection.js'),
    import('../client/resource.js'),
  ]);
  const client = createClient({
    handler,
    credentials: { type: 'inProcess', identity: new InProcessIdentity(user) },
    userAgent: `${program}/v1.36.3 (linux/amd64) kubernetes/leader-election`,
  });
  const recorder = createEventRecorder({ client, clock, quiescence, log, component: program === 'kube-scheduler' ? 'default-scheduler' : program });
  let run = elections.alone ? await begin(how) : undefined;
  let over = false;
  let turn: Promise<void> = Promise.resolve();
  let election: LeaderElection | undefined;

  /** One after the other: what is stopped while it begins begins first. */
  const change = (on: boolean): Promise<void> => {
    turn = turn
      .then(async () => {
        if (on && !over) run ??= await begin({ resumed: false });
        if (on || run === undefined) return;
        const ending = run;
        run = undefined;
        await ending.stop();
      })
      .catch((error: Error) => log.error(`${program}: ${error.message}`));
    return turn;
  };
  const compete = (): Promise<void> => {
    if (over) return Promise.resolve();
    election = electLeader({
      client,
      clock,
      random,
      log,
      recorder,
      identity: elections.identity,
      lease: { namespace: 'kube-system', name: program },
      started: () => void change(true),
      stopped: () => void change(false).then(compete),
    });
    return election.start();
  };
  if (elections.alone) elections.waiting.push(compete);
  else void compete();
  return {
    saved: () => run?.saved(),
    due: () => run?.due(),
    async stop() {
      over = true;
      await change(false);
      await election?.stop();
    },
  };
}

/** The cluster is there, and others may come. Resolves when what runs here has its Lease. */
export async function beginElections(elections: Elections): Promise<void> {
  elections.alone = false;
  await Promise.all(elections.waiting.splice(0).map((compete) => compete()));
}
