/** etcdctl's endpoint, member, alarm, lease, snapshot and version: the server rather than its keys. */
import { fnv32a } from '../../apimachinery/hash.js';
import type { Flag } from '../flags.js';
import { BAD_ARGS, failed, print, show, type Call, type Subcommand } from './call.js';
import { parseLease } from './keys.js';
import { headerFields, headerJson, humanBytes, json, leaseId, table } from './print.js';

const STORAGE_VERSION = '3.6.0';
const QUOTA_BYTES = 2_147_483_648;
/** Every member of the cluster; there is one. The frame's own --cluster names a cluster, so this one stands alone. */
const CLUSTER: Flag = { name: 'cluster', type: 'bool', description: 'use all endpoints from the cluster member list' };

const endpointStatus: Subcommand = {
  summary: 'Prints out the status of endpoints specified in `--endpoints` flag',
  flags: [CLUSTER],
  async run(call) {
    const status = await call.door.endpointStatus();
    const { header, version, dbSize, dbSizeInUse, leader, raftIndex, raftTerm, raftAppliedIndex, isLearner, errors } = status;
    const rows = call.endpoints.map((endpoint) => [
      endpoint,
      header.memberId.toString(16),
      version,
      STORAGE_VERSION,
      humanBytes(dbSize),
      humanBytes(dbSizeInUse),
      `${Math.max(0, 100 - Math.trunc((dbSizeInUse * 100) / Math.max(1, dbSize)))}%`,
      humanBytes(QUOTA_BYTES),
      String(leader === header.memberId),
      String(isLearner),
      String(raftTerm),
      String(raftIndex),
      String(raftAppliedIndex),
      errors.join(', '),
      '',
      'false',
    ]);
    const titles = [
      'endpoint',
      'ID',
      'version',
      'storage version',
      'db size',
      'in use',
      'percentage not in use',
      'quota',
      'is leader',
      'is learner',
      'raft term',
      'raft index',
      'raft applied index',
      'errors',
      'downgrade target version',
      'downgrade enabled',
    ];
    show(call, {
      simple: () => rows.map((row) => row.join(', ')),
      table: () => table(titles, rows),
      json: () => [
        json(
          call.endpoints.map((endpoint) => ({
            Endpoint: endpoint,
            Status: {
              header: headerJson(header),
              version,
              dbSize,
              leader,
              raftIndex,
              raftTerm,
              raftAppliedIndex,
              dbSizeInUse,
              storageVersion: STORAGE_VERSION,
              dbSizeQuota: QUOTA_BYTES,
              downgradeInfo: {},
            },
          })),
        ),
      ],
      fields: () =>
        call.endpoints.flatMap((endpoint) => [
          ...headerFields(header),
          `"Version" : ${JSON.stringify(version)}`,
          `"StorageVersion" : ${JSON.stringify(STORAGE_VERSION)}`,
          `"DBSize" : ${dbSize}`,
          `"DBSizeInUse" : ${dbSizeInUse}`,
          `"DBSizeQuota" : ${QUOTA_BYTES}`,
          `"Leader" : ${leader}`,
          `"IsLearner" : ${isLearner}`,
          `"RaftIndex" : ${raftIndex}`,
          `"RaftTerm" : ${raftTerm}`,
          `"RaftAppliedIndex" : ${raftAppliedIndex}`,
          '"Errors" : []',
          `"Endpoint" : ${JSON.stringify(endpoint)}`,
          '',
        ]),
    });
  },
};

const endpointHealth: Subcommand = {
  summary: 'Checks the healthiness of endpoints specified in `--endpoints` flag',
  flags: [CLUSTER],
  async run(call) {
    const { health, tookMs, error } = await call.door.endpointHealth();
    const took = `${Math.max(tookMs, MEASURED_MIN_MS)}ms`;
    const all = call.endpoints.map((endpoint) => ({ endpoint, health, took, error }));
    show(call, {
      simple: () => all.flatMap((one) => (one.health ? [`${one.endpoint} is healthy: successfully committed proposal: took = ${took}`] : [])),
      table: () =>
        table(
          ['endpoint', 'health', 'took', 'error'],
          all.map((one) => [one.endpoint, String(one.health), one.took, one.error ?? '']),
        ),
      json: () => [json(all)],
      fields: () =>
        all.flatMap((one) => [
          `"Endpoint" : ${JSON.stringify(one.endpoint)}`,
          `"Health" : ${one.health}`,
          `"Took" : ${JSON.stringify(one.took)}`,
          `"Error" : ${JSON.stringify(one.error ?? '')}`,
          '',
        ]),
    });
    if (health) return;
    if (call.format === 'simple') for (const one of all) call.context.err(`${one.endpoint} is unhealthy: failed to commit proposal: ${error ?? ''}\n`);
    throw failed('unhealthy cluster');
  },
};
/** What the clock of a program that measures in whole milliseconds can say. */
const MEASURED_MIN_MS = 1;

const endpointHashKv: Subcommand = {
  summary: 'Prints the KV history hash for each endpoint in --endpoints',
  flags: [CLUSTER, { name: 'rev', type: 'int', default: '0', description: 'maximum revision to hash (default: latest revision)' }],
  async run(call) {
    const revision = call.flags.int('rev');
    const { header, kvs } = await call.door.get({ key: '', prefix: true, ...(revision > 0 ? { revision } : {}) });
    const hash = fnv32a(kvs.map(({ key, modRevision, value }) => `${key}\0${modRevision}\0${Buffer.from(value).toString('latin1')}`).join('\0'));
    const at = revision > 0 ? revision : header.revision;
    const rows = call.endpoints.map((endpoint) => [endpoint, String(hash), String(at)]);
    show(call, {
      simple: () => rows.map((row) => row.join(', ')),
      table: () => table(['endpoint', 'hash', 'hash_revision'], rows),
      json: () => [json(call.endpoints.map((endpoint) => ({ Endpoint: endpoint, HashKV: { header: headerJson(header), hash, hash_revision: at } })))],
      fields: () =>
        call.endpoints.flatMap((endpoint) => [
          ...headerFields(header),
          `"Endpoint" : ${JSON.stringify(endpoint)}`,
          `"Hash" : ${hash}`,
          `"HashRevision" : ${at}`,
          '',
        ]),
    });
  },
};

const memberList: Subcommand = {
  summary: 'Lists all members in the cluster',
  async run(call) {
    const { header, members } = await call.door.memberList();
    const rows = members.map(({ id, name, peerUrls, clientUrls, isLearner }) => [
      id.toString(16),
      'started',
      name,
      peerUrls.join(','),
      clientUrls.join(','),
      String(isLearner),
    ]);
    show(call, {
      simple: () => rows.map((row) => row.join(', ')),
      table: () => table(['ID', 'Status', 'Name', 'Peer Addrs', 'Client Addrs', 'Is Learner'], rows),
      json: () => [
        json({
          header: headerJson(header),
          members: members.map(({ id, name, peerUrls, clientUrls, isLearner }) => ({
            ID: id,
            name,
            peerURLs: peerUrls,
            clientURLs: clientUrls,
            isLearner: isLearner || undefined,
          })),
        }),
      ],
      fields: () => [
        ...headerFields(header),
        ...members.flatMap(({ id, name, peerUrls, clientUrls, isLearner }) => [
          `"ID" : ${id}`,
          `"Name" : ${JSON.stringify(name)}`,
          ...peerUrls.map((url) => `"PeerURL" : ${JSON.stringify(url)}`),
          ...clientUrls.map((url) => `"ClientURL" : ${JSON.stringify(url)}`),
          `"IsLearner" : ${isLearner}`,
          '',
        ]),
      ],
    });
  },
};

/** There is nothing that could raise one. */
const noAlarm: Subcommand = { summary: 'Lists all alarms', run: async () => {} };

const leaseGrant: Subcommand = {
  summary: 'Creates leases',
  flags: [{ name: 'lease-id', type: 'string', default: "'0'", description: 'Lease ID' }],
  async run(call) {
    if (call.args.length !== 1) throw failed('lease grant command needs TTL argument', BAD_ARGS);
    if (!/^\d+$/.test(call.args[0]!)) throw failed(`bad TTL (strconv.ParseInt: parsing ${JSON.stringify(call.args[0])}: invalid syntax)`, BAD_ARGS);
    const { header, id, ttl } = await call.door.leaseGrant(Number(call.args[0]));
    show(call, {
      simple: () => [`lease ${leaseId(id)} granted with TTL(${ttl}s)`],
      json: () => [json({ ...headerJson(header), ID: id, TTL: ttl })],
      fields: () => [...headerFields(header), `"ID" : ${id}`, `"TTL" : ${ttl}`],
    });
  },
};

const leaseRevoke: Subcommand = {
  summary: 'Revokes leases',
  async run(call) {
    const id = leaseOf(call, 'lease revoke command needs 1 argument');
    const { header } = await call.door.leaseRevoke(id);
    show(call, { simple: () => [`lease ${leaseId(id)} revoked`], json: () => [json({ header: headerJson(header) })], fields: () => headerFields(header) });
  },
};

const leaseKeepAlive: Subcommand = {
  summary: 'Keeps leases alive (renew)',
  flags: [{ name: 'once', type: 'bool', description: 'Resets the keep-alive time to its original value and cobrautl.Exits immediately' }],
  async run(call) {
    const { context, door, flags } = call;
    const id = leaseOf(call, 'lease keep-alive command needs lease ID as argument');
    let interrupted = false;
    for (;;) {
      const { ttl } = await door.leaseKeepAliveOnce(id);
      if (ttl <= 0) return print(call, [`lease ${leaseId(id)} expired or revoked.`]);
      print(call, [`lease ${leaseId(id)} keepalived with TTL(${ttl})`]);
      if (flags.bool('once')) return;
      await new Promise<void>((resolve) => {
        context.clock.after((ttl * 1000) / 3, resolve);
        context.terminal.onInterrupt(() => {
          interrupted = true;
          resolve();
        });
      });
      if (interrupted) return;
    }
  },
};

const leaseTimeToLive: Subcommand = {
  summary: 'Get lease information',
  flags: [{ name: 'keys', type: 'bool', description: 'Get keys attached to this lease' }],
  async run(call) {
    const id = leaseOf(call, 'lease timetolive command needs lease ID as argument');
    const { header, ttl, grantedTtl, keys } = await call.door.leaseTimeToLive(id);
    const attached = call.flags.bool('keys') ? `, attached keys([${keys.join(' ')}])` : '';
    show(call, {
      simple: () => [ttl < 0 ? `lease ${leaseId(id)} already expired` : `lease ${leaseId(id)} granted with TTL(${grantedTtl}s), remaining(${ttl}s)${attached}`],
      json: () => [
        json({ ...headerJson(header), id, ttl, 'granted-ttl': grantedTtl, keys: call.flags.bool('keys') ? keys.map((key) => Buffer.from(key)) : null }),
      ],
      fields: () => [
        ...headerFields(header),
        `"ID" : ${id}`,
        `"TTL" : ${ttl}`,
        `"GrantedTTL" : ${grantedTtl}`,
        ...(call.flags.bool('keys') ? keys.map((key) => `"Key" : ${JSON.stringify(key)}`) : []),
      ],
    });
  },
};

const leaseList: Subcommand = {
  summary: 'List all active leases',
  async run(call) {
    const { header, leases } = await call.door.leaseList();
    show(call, {
      simple: () => [`found ${leases.length} leases`, ...leases.map(leaseId)],
      json: () => [json({ ...headerJson(header), leases: leases.map((id) => ({ id })) })],
      fields: () => [...headerFields(header), ...leases.map((id) => `"ID" : ${id}`)],
    });
  },
};

const leaseOf = ({ args }: Call, usage: string): number => {
  if (args.length !== 1) throw failed(usage, BAD_ARGS);
  return parseLease(args[0]!, 'bad lease ID arg');
};

const snapshotSave: Subcommand = {
  summary: 'Stores an etcd node backend snapshot to a given file',
  async run(call) {
    const [path] = call.args;
    if (call.args.length !== 1 || path === undefined) throw failed('snapshot save expects one argument', BAD_ARGS);
    const parts: Uint8Array[] = [];
    for await (const part of call.door.snapshotSave()) parts.push(part);
    call.context.host.writeFile(path, Buffer.concat(parts), { mode: 0o600 });
    const { version } = await call.door.endpointStatus();
    print(call, [`Snapshot saved at ${path}`, `Server version ${version}`]);
  },
};

const snapshotStatus: Subcommand = {
  summary: 'Gets backend snapshot status of a given file',
  async run(call) {
    const { hash, revision, totalKeys, totalSize } = await call.door.snapshotStatus(
      [fileOf(call, 'snapshot status requires exactly one argument')],
      call.args[0]!,
    );
    const row = [hash.toString(16), String(revision), String(totalKeys), humanBytes(totalSize), STORAGE_VERSION];
    show(call, {
      simple: () => [row.join(', ')],
      table: () => table(['hash', 'revision', 'total keys', 'total size', 'version'], [row]),
      json: () => [json({ hash, revision, totalKey: totalKeys, totalSize, version: STORAGE_VERSION })],
      fields: () => [
        `"Hash" : ${hash}`,
        `"Revision" : ${revision}`,
        `"Keys" : ${totalKeys}`,
        `"Size" : ${totalSize}`,
        `"Version" : ${JSON.stringify(STORAGE_VERSION)}`,
      ],
    });
  },
};

const snapshotRestore: Subcommand = {
  summary: 'Restores an etcd member snapshot to an etcd directory',
  flags: [
    { name: 'data-dir', type: 'string', description: 'Path to the output data directory' },
    ...['wal-dir', 'name', 'initial-cluster', 'initial-cluster-token', 'initial-advertise-peer-urls'].map((name): Flag => ({
      name,
      type: 'string',
      description: 'Accepted; one member needs none',
    })),
    { name: 'skip-hash-check', type: 'bool', description: 'Ignore snapshot integrity hash value' },
    { name: 'bump-revision', type: 'int', default: '0', description: 'How much to increase the latest revision after restore' },
    { name: 'mark-compacted', type: 'bool', description: 'Mark the latest revision after restore as the point of scheduled compaction' },
  ],
  async run(call) {
    const { context, flags, door } = call;
    const bytes = fileOf(call, 'snapshot restore requires exactly one argument');
    const folder = flags.string('data-dir') || `${flags.string('name') || 'default'}.etcd`;
    if (namesIn(call, folder).length > 0) throw failed(`data-dir ${JSON.stringify(folder)} not empty or could not be read`);
    context.host.makeFolder(`${folder}/member/snap`);
    const path = `${folder}/member/snap/db`;
    await door.snapshotRestore([bytes], path.startsWith('/') ? path : `${context.host.cwd}/${path}`);
    context.err(`restored snapshot ${call.args[0]} to ${folder}\n`);
  },
};

/** Names in a folder; none where there is no folder. */
function namesIn({ context }: Call, folder: string): readonly string[] {
  try {
    return context.host.listFolder(folder) ?? ['a file'];
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT' || /no such file/.test((error as Error).message)) return []; // to be made
    throw error;
  }
}

function fileOf({ context, args }: Call, usage: string): Uint8Array {
  if (args.length !== 1) throw failed(usage, BAD_ARGS);
  return context.host.readFile(args[0]!);
}

const defrag: Subcommand = {
  summary: 'Defragments the storage of the etcd members with given endpoints',
  flags: [CLUSTER],
  async run(call) {
    await call.door.endpointStatus();
    print(
      call,
      call.endpoints.map((endpoint) => `Finished defragmenting etcd member[${endpoint}]. took 1ms`),
    );
  },
};

const version: Subcommand = { summary: 'Prints the version of etcdctl', run: async (call) => print(call, [`etcdctl version: 3.6.6`, 'API version: 3.6']) };

export const CLUSTER_COMMANDS: Readonly<Record<string, Subcommand>> = {
  'endpoint health': endpointHealth,
  'endpoint status': endpointStatus,
  'endpoint hashkv': endpointHashKv,
  'member list': memberList,
  'alarm list': noAlarm,
  'alarm disarm': { ...noAlarm, summary: 'Disarms all alarms' },
  'lease grant': leaseGrant,
  'lease revoke': leaseRevoke,
  'lease keep-alive': leaseKeepAlive,
  'lease timetolive': leaseTimeToLive,
  'lease list': leaseList,
  'snapshot save': snapshotSave,
  'snapshot status': snapshotStatus,
  'snapshot restore': snapshotRestore,
  defrag,
  version,
};
