/** /metrics: what this server counted and what it can tell of itself, in Prometheus' text. */
import type { Server } from './context.js';
import type { InFlight } from './inflight.js';
import { BUCKETS, scopeOf, type RequestMetrics, type Series } from './metrics.js';
import { VERSION } from './options.js';
import { stopwatch } from '../platform/stopwatch.js';

type Labels = Readonly<Record<string, string>>;
interface Sample {
  suffix?: string;
  labels: Labels;
  value: number;
}

export async function metricsText(server: Server, requests: RequestMetrics, inFlight: InFlight): Promise<string> {
  const { store, clock } = server.options;
  const { size, keys, revision } = await store.status();
  const all = [...requests.all()];
  const usage = process.cpuUsage();
  const families = [
    family(
      'apiserver_current_inflight_requests',
      'gauge',
      '[STABLE] Maximal number of currently used inflight request limit of this apiserver per request kind in last second.',
      [
        { labels: { request_kind: 'mutating' }, value: inFlight.mutating },
        { labels: { request_kind: 'readOnly' }, value: inFlight.readOnly },
      ],
    ),
    family(
      'apiserver_longrunning_requests',
      'gauge',
      '[STABLE] Gauge of all active long-running apiserver requests broken out by verb, group, version, resource, scope and component. Not all requests are tracked this way.',
      watches(server),
    ),
    family(
      'apiserver_request_duration_seconds',
      'histogram',
      '[STABLE] Response latency distribution in seconds for each verb, dry run value, group, version, resource, subresource, scope and component.',
      all.filter(({ count }) => count > 0).flatMap(durations),
    ),
    family(
      'apiserver_request_total',
      'counter',
      '[STABLE] Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.',
      all.flatMap(totals),
    ),
    family(
      'apiserver_storage_objects',
      'gauge',
      '[STABLE] Number of stored objects at the time of last check split by kind. In case of a fetching error, the value will be -1.',
      await objects(server),
    ),
    family('apiserver_storage_size_bytes', 'gauge', '[STABLE] Size of the storage database file physically allocated in bytes.', [
      { labels: { storage_cluster_id: 'etcd-0' }, value: size },
    ]),
    family('etcd_debugging_mvcc_current_revision', 'gauge', 'The current revision of store.', [{ labels: {}, value: revision }]),
    family('etcd_debugging_mvcc_keys_total', 'gauge', 'Total number of keys.', [{ labels: {}, value: keys }]),
    family(
      'kubernetes_build_info',
      'gauge',
      "[ALPHA] A metric with a constant '1' value labeled by major, minor, git version, git commit, git tree state, build date, Go version, and compiler from which Kubernetes was built, and platform on which it is running.",
      [{ labels: buildOf(server), value: 1 }],
    ),
    family('process_cpu_seconds_total', 'counter', 'Total user and system CPU time spent in seconds.', [
      { labels: {}, value: (usage.user + usage.system) / 1e6 },
    ]),
    family('process_resident_memory_bytes', 'gauge', 'Resident memory size in bytes.', [{ labels: {}, value: process.memoryUsage.rss() }]),
    family('process_start_time_seconds', 'gauge', 'Start time of the process since unix epoch in seconds.', [
      { labels: {}, value: Math.round(clock.now() - stopwatch()) / 1000 },
    ]),
  ];
  return families.join('');
}

function family(name: string, type: string, help: string, samples: readonly Sample[]): string {
  const lines = samples.map(({ suffix = '', labels, value }) => `${name}${suffix}${labelText(labels)} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function labelText(labels: Labels): string {
  const entries = Object.entries(labels);
  return entries.length === 0
    ? ''
    : `{${entries.map(([name, value]) => `${name}="${value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')}"`).join(',')}}`;
}

function labelsOf({ info, verb, dryRun }: Series): Labels {
  return {
    component: 'apiserver',
    dry_run: dryRun ? 'All' : '',
    group: info.group,
    resource: info.resource,
    scope: scopeOf(info),
    subresource: info.isResource ? info.subresource : info.path,
    verb,
    version: info.version,
  };
}

const totals = (series: Series): Sample[] => [...series.codes].map(([code, value]) => ({ labels: { code: String(code), ...labelsOf(series) }, value }));

function durations(series: Series): Sample[] {
  const labels = labelsOf(series);
  let sum = 0;
  const buckets = series.buckets.map((count, at) => ({
    suffix: '_bucket',
    labels: { ...labels, le: at < BUCKETS.length ? String(BUCKETS[at]) : '+Inf' },
    value: (sum += count),
  }));
  return [...buckets, { suffix: '_sum', labels, value: series.seconds }, { suffix: '_count', labels, value: series.count }];
}

function watches(server: Server): Sample[] {
  return server.registry
    .all()
    .filter(({ prefix }) => prefix !== '')
    .flatMap((kind) => {
      const value = server.storages.of(kind).storage.cache?.watchers ?? 0;
      if (value === 0 || (kind.storedAs !== undefined && kind.storedAs.version !== kind.version)) return [];
      return [
        {
          labels: { component: 'apiserver', group: kind.group, resource: kind.plural, scope: 'cluster', subresource: '', verb: 'WATCH', version: kind.version },
          value,
        },
      ];
    });
}

/** One count for each resource, whatever versions it has. */
async function objects(server: Server): Promise<Sample[]> {
  const kinds = new Map(
    server.registry
      .all()
      .filter(({ prefix }) => prefix !== '')
      .map((kind) => [kind.prefix, kind]),
  );
  const samples: Sample[] = [];
  for (const { group, plural, prefix } of kinds.values()) {
    const { key, end } = server.storages.of(kinds.get(prefix)!).storage.folder('');
    const { count } = await server.options.store.range({ key, end, countOnly: true });
    samples.push({ labels: { resource: group === '' ? plural : `${plural}.${group}` }, value: count });
  }
  return samples.sort((one, other) => (one.labels['resource']! < other.labels['resource']! ? -1 : 1));
}

function buildOf({ options }: Server): Labels {
  const { major, minor, gitVersion, gitCommit, gitTreeState, buildDate, goVersion, compiler, platform } = { ...VERSION, ...options.version };
  return {
    build_date: buildDate,
    compiler,
    git_commit: gitCommit,
    git_tree_state: gitTreeState,
    git_version: gitVersion,
    go_version: goVersion,
    major,
    minor,
    platform,
  };
}
