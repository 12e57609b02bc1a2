/** Requests counted as they are answered, for /metrics: a look-up and a few additions each. How they read is metricstext.ts' affair. */
import type { ApiRequest, ApiResponse } from '../apimachinery/request.js';
import type { RequestInfo } from './route.js';

/** Seconds, as apiserver_request_duration_seconds has them. */
export const BUCKETS: readonly number[] = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];

/** Requests that differ in nothing that is told. */
export interface Series {
  info: RequestInfo;
  verb: string;
  dryRun: boolean;
  /** By status code. */
  codes: Map<number, number>;
  /** How many took at most so long; the last one: longer than all. */
  buckets: number[];
  seconds: number;
  count: number;
}

const VERBS: Readonly<Record<string, string>> = {
  get: 'GET',
  list: 'LIST',
  watch: 'WATCH',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETECOLLECTION',
};
const CONNECTS = new Set(['exec', 'attach', 'portforward', 'proxy', 'log']);
/** Strangers can ask for resources that are not there; those are counted together. */
const SERIES_MAX = 2_000;

export class RequestMetrics {
  readonly #series = new Map<string, Series>();

  all(): Iterable<Series> {
    return this.#series.values();
  }

  count(request: ApiRequest, info: RequestInfo, { status, type }: ApiResponse, ms: number): void {
    const verb = verbOf(request, info);
    const dryRun = request.query.has('dryRun');
    const key = `${verb} ${info.group}/${info.version}/${info.resource}/${info.subresource} ${scopeOf(info)} ${dryRun}`;
    let series = this.#series.get(key);
    if (series === undefined) {
      if (status === 404 || this.#series.size >= SERIES_MAX) return;
      this.#series.set(
        key,
        (series = { info, verb, dryRun, codes: new Map(), buckets: Array.from({ length: BUCKETS.length + 1 }, () => 0), seconds: 0, count: 0 }),
      );
    }
    series.codes.set(status, (series.codes.get(status) ?? 0) + 1);
    if (type === 'watch' || type === 'exec' || type === 'portforward' || type === 'upgraded') return;
    const seconds = ms / 1000;
    const at = BUCKETS.findIndex((bound) => seconds <= bound);
    series.buckets[at < 0 ? BUCKETS.length : at]! += 1;
    series.seconds += seconds;
    series.count += 1;
  }
}

function verbOf(request: ApiRequest, { verb, subresource, isResource }: RequestInfo): string {
  if (!isResource) return request.method;
  if (CONNECTS.has(subresource)) return 'CONNECT';
  if (verb === 'patch' && String(request.headers['content-type'] ?? '').startsWith('application/apply-patch')) return 'APPLY';
  return VERBS[verb] ?? request.method;
}

/** What one request was about: an object, a namespace's, or all. */
export const scopeOf = ({ name, namespace, isResource }: RequestInfo): string =>
  !isResource ? '' : name !== '' ? 'resource' : namespace !== '' ? 'namespace' : 'cluster';
