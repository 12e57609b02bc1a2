/**
 * Requests that are being answered: counted, and no more than so many at once,
 * of one user not more than a part, so that nobody starves the others. What
 * lasts by its nature is counted apart; the administrator, health checks and
 * components of this process are never made to wait.
 */
import type { ApiRequest, ApiResponse, UserInfo } from '../apimachinery/request.js';
import { MASTERS } from './authz/authorizer.js';
import { queryTrue, type RequestInfo } from './route.js';

/** --max-requests-inflight and --max-mutating-requests-inflight together. */
export const IN_FLIGHT_MAX = 600;
/** Of one user. */
export const IN_FLIGHT_USER_MAX = 200;
const RETRY_AFTER_SECONDS = 1;

const NOTHING = (): void => {};
const LASTING = new Set(['exec', 'attach', 'portforward', 'proxy']);

export const isLongRunning = ({ verb, subresource, legacyWatch }: RequestInfo, { query }: ApiRequest): boolean =>
  verb === 'watch' || legacyWatch || LASTING.has(subresource) || (subresource === 'log' && queryTrue(query.get('follow')));

export class InFlight {
  #all = 0;
  readonly #byUser = new Map<string, number>();
  mutating = 0;
  readOnly = 0;

  /** What gives the place back; undefined: there is none. */
  enter(request: ApiRequest, info: RequestInfo, { name, groups }: UserInfo): (() => void) | undefined {
    if (request.credentials.type === 'inProcess' || isLongRunning(info, request)) return NOTHING;
    const kind = info.verb === 'get' || info.verb === 'list' || !info.isResource ? 'readOnly' : 'mutating';
    const own = this.#byUser.get(name) ?? 0;
    const exempt = groups.includes(MASTERS) || /^\/(healthz|livez|readyz)/.test(info.path);
    if (!exempt && (this.#all >= IN_FLIGHT_MAX || own >= IN_FLIGHT_USER_MAX)) return undefined;
    this.#all++;
    this[kind]++;
    this.#byUser.set(name, own + 1);
    return () => {
      this.#all--;
      this[kind]--;
      const left = this.#byUser.get(name)! - 1;
      if (left === 0) this.#byUser.delete(name);
      else this.#byUser.set(name, left);
    };
  }
}

/** As kube-apiserver's filter, which writes no Status. */
export const TOO_MANY: ApiResponse = {
  type: 'text',
  status: 429,
  contentType: 'text/plain; charset=utf-8',
  headers: { 'retry-after': String(RETRY_AFTER_SECONDS), 'x-content-type-options': 'nosniff' },
  body: 'Too many requests, please try again later.\n',
};
