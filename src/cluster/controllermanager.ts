/**
 * kube-controller-manager's part: all controllers over one set of informers,
 * each under its own account, while its program is live. One starts when a
 * kind it watches changes or something it put off falls due; all start at once
 * where nobody knows what changed.
 */
import { CONTROLLERS, createController, type Controller } from '../controllers/index.js';
import { createInformerFactory } from '../client/informerfactory.js';
import { createClient } from '../client/resource.js';
import { InProcessIdentity, type UserInfo } from '../apimachinery/request.js';
import type { Delayed } from '../client/workqueue.js';
import { certificateTools, secretTokens } from './certificates.js';
import { kindOf, ownerKinds, type Change } from './activation.js';
import type { Machinery, Part } from './running.js';
import { whileLeading } from './elected.js';
import { switched } from './switched.js';
import { POD_CIDR } from './topology.js';

const SHARED: UserInfo = { name: 'system:kube-controller-manager', groups: ['system:authenticated'] };

/** Judges nodes by their last beat, so it must not look before sleeping kubelets have beaten. */
const JUDGES_NODES = new Set(['node-lifecycle']);
/** Its sweep of finished pods comes again and again, nearly always without effect; what is put off of single pods is not so. */
const SWEEPS = new Set(['pod-garbage-collector']);

const earliest = (times: readonly number[]): number | undefined => (times.length === 0 ? undefined : Math.min(...times));

interface Saved {
  delayed: Record<string, readonly Delayed[]>;
  /** Kinds that own something: whose end the garbage collector must see. */
  owners: string[];
}

type Entry = (typeof CONTROLLERS)[number];

export function controllerManager(machinery: Machinery): Part {
  const { config, handler, clock, random, quiescence, keys, changes } = machinery;
  const log = machinery.logs.of('kube-controller-manager');
  const clientFor = (user: UserInfo, userAgent: string) =>
    createClient({ handler, credentials: { type: 'inProcess', identity: new InProcessIdentity(user) }, userAgent, durability: 'background' });
  let kept: Saved = { delayed: {}, owners: [] };
  return switched(machinery, 'kube-controller-manager', {
    begin: whileLeading(machinery, { program: 'kube-controller-manager', user: SHARED, begin }),
    restore: (saved) => (kept = saved as Saved),
  });

  function lastHeardOf(node: string): number | undefined {
    const since = machinery.config.disconnected?.[node];
    return since === undefined ? undefined : Date.parse(since);
  }

  /** What of a controller's delayed work is worth waking a cluster for. */
  function awaited(name: string, items: readonly Delayed[]): readonly Delayed[] {
    if (SWEEPS.has(name)) return items.filter(({ key }) => key.includes('/'));
    // While nodes sleep well, looking at them has no effect.
    return JUDGES_NODES.has(name) ? items.filter(({ key }) => lastHeardOf(key) !== undefined) : items;
  }

  async function begin({ resumed }: { resumed: boolean }) {
    const informers = createInformerFactory({ client: clientFor(SHARED, 'kube-controller-manager/v1.36.3'), clock, quiescence, random });
    const running = new Map<Entry, Promise<Controller | undefined>>();
    const started: Controller[] = [];
    const { delayed } = kept;
    const owners = new Set(kept.owners);
    const cancels: (() => void)[] = [];
    let settings: object | undefined;

    const wake = (entry: Entry): Promise<Controller | undefined> => {
      let starting = running.get(entry);
      if (starting === undefined) running.set(entry, (starting = start(entry)));
      return starting;
    };

    async function start(entry: Entry): Promise<Controller | undefined> {
      const done = quiescence.hold();
      try {
        settings ??= {
          rootCa: (await keys.authority()).cert,
          certificates: certificateTools(keys, clock),
          issueSecretToken: secretTokens(machinery),
          ...(config.bare ? {} : { clusterCidr: POD_CIDR, nodeCidrMaskSize: 24 }),
          lastHeardOf,
        };
        const controller = await createController(entry, { informers, clock, random, quiescence, log, config: settings, clientFor });
        if (delayed[entry.name] !== undefined) controller.restore(delayed[entry.name]!);
        delete delayed[entry.name];
        started.push(controller);
        if (JUDGES_NODES.has(entry.name)) void (machinery.wakeNodes?.() ?? Promise.resolve()).then(() => begin(controller));
        else begin(controller);
        return controller;
      } catch (error) {
        log.error(`${entry.name}: ${(error as Error).message}`);
        return undefined;
      } finally {
        done();
      }

      function begin(controller: Controller): void {
        if (machinery.everything || !resumed) log.info(`"Started controller" controller="${entry.name}-controller"`);
        // Not held any longer: its lists may have to wait for an API server that is not live yet, and so for time to pass.
        controller.start().catch((error: Error) => log.error(`${entry.name}: ${error.message}`));
      }
    }

    const look = (change: Change): void => {
      if (change.value !== undefined) for (const kind of ownerKinds(change.value)) owners.add(kind);
      for (const entry of CONTROLLERS)
        if (!running.has(entry) && concerns(entry, change, { owners, allJoined: Object.keys(machinery.config.disconnected ?? {}).length === 0 }))
          void wake(entry);
    };

    if (machinery.everything || !resumed) await Promise.all(CONTROLLERS.map(wake));
    else {
      cancels.push(changes.listen(look));
      for (const entry of CONTROLLERS) {
        const due = awaited(entry.name, delayed[entry.name] ?? []).map((item) => item.due);
        if (JUDGES_NODES.has(entry.name) && config.disconnected !== undefined) void wake(entry);
        else if (due.length > 0) cancels.push(clock.after(Math.min(...due) - clock.now(), () => void wake(entry)));
      }
    }
    return {
      due: () =>
        earliest(
          [...Object.entries(delayed), ...started.map((controller) => [controller.name, controller.delayed()] as const)].flatMap(([name, items]) =>
            awaited(name, items).map(({ due }) => due),
          ),
        ),
      saved: (): Saved => ({
        owners: [...owners].sort(),
        delayed: {
          ...delayed,
          ...Object.fromEntries(started.map((controller) => [controller.name, controller.delayed()] as const).filter(([, items]) => items.length > 0)),
        },
      }),
      async stop() {
        for (const cancel of cancels) cancel();
        await Promise.all(running.values());
        await Promise.all(started.map((controller) => controller.stop()));
        informers.stop();
      },
    };
  }
}

const WAITS_FOR_DEPENDENTS = ['"foregroundDeletion"', '"orphan"'];

const HEALTHY = Buffer.from('"reason":"KubeletReady"');

/** While every node is joined, sleeping kubelets count as beating: only a node that is new, gone or not ready is worth a look. */
function judges({ resource, type, value, fresh }: Change): boolean {
  return (
    resource === 'nodes' &&
    (fresh || type === 'delete' || (value !== undefined && !Buffer.from(value.buffer, value.byteOffset, value.byteLength).includes(HEALTHY)))
  );
}

function concerns({ name, watches, marks }: Entry, change: Change, { owners, allJoined }: { owners: ReadonlySet<string>; allJoined: boolean }): boolean {
  const { resource, type, value } = change;
  if (JUDGES_NODES.has(name) && allJoined) return judges(change);
  if (!watches.includes('*')) return watches.includes(resource) && isMarked(value, marks?.[resource]);
  // The collector of garbage watches every kind there is, which is dear: it is woken by the end of what owns something.
  if (type === 'delete') return owners.has(kindOf(resource) ?? '');
  return value !== undefined && isMarked(value, WAITS_FOR_DEPENDENTS);
}

function isMarked(value: Uint8Array | undefined, marks: readonly string[] | undefined): boolean {
  if (marks === undefined) return true;
  if (value === undefined) return false;
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return marks.some((mark) => bytes.includes(mark));
}
