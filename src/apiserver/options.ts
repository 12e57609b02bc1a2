/**
 * What an API server is made with: the store, time and chance, the kinds it is
 * born with, and the hooks by which it asks who a caller is and what they may.
 */
import type { Soon } from '../platform/soon.js';
import type { Kind } from '../api/kind.js';
import type { NodeMetrics, PodMetrics } from '../api/metrics/types/nodemetrics.js';
import type { ApiRequest, UserInfo } from '../apimachinery/request.js';
import type { Clock } from '../platform/clock.js';
import type { Log } from '../platform/component.js';
import type { Quiescence } from '../platform/quiescence.js';
import type { Random } from '../platform/random.js';
import type { Store } from '../store/store.js';
import type { TokenSpec } from './authn/serviceaccount.js';
import type { Attributes, Decision, PolicyRule } from './authz/authorizer.js';
import type { Dialer, NodeConnector } from './nodeconnector.js';

export interface ReviewedToken {
  user: UserInfo;
  audiences: readonly string[];
}

export interface TokenHooks {
  readonly issuer: string;
  issue(spec: TokenSpec): Promise<{ token: string; expirationMs: number }>;
  /** undefined: nobody knows the token. */
  review(token: string, audiences?: readonly string[]): Promise<ReviewedToken | undefined>;
  /** The public keys as a JWK set. */
  keys(): Promise<{ keys: object[] }>;
}

export interface MetricsSource {
  nodes(): Promise<readonly NodeMetrics[]>;
  /** Of one namespace, or of all. */
  pods(namespace?: string): Promise<readonly PodMetrics[]>;
}

export interface ApiServerOptions {
  store: Store;
  clock: Clock;
  random: Random;
  quiescence: Quiescence;
  /** Built-in kinds; CustomResourceDefinitions add theirs while the server runs. */
  kinds: readonly Kind[];
  /** Throws a 401 StatusError for credentials that nobody knows; undefined is system:anonymous. */
  authenticate(request: ApiRequest): Soon<UserInfo | undefined>;
  authorize(attributes: Attributes): Soon<Decision>;
  /** For SelfSubjectRulesReview. */
  rulesFor?(user: UserInfo, namespace: string): Promise<{ rules: readonly PolicyRule[]; errors: readonly string[] }>;
  tokens?: TokenHooks;
  nodes?: NodeConnector;
  dialer?: Dialer;
  /** What metrics-server measures; told while its APIService is available. */
  metrics?: MetricsSource;
  /** Whether a part of the control plane answers where its health is asked for; absent: none does. */
  isLive?(component: 'kube-scheduler' | 'kube-controller-manager'): boolean;
  serviceCidr?: string;
  nodePortRange?: { from: number; to: number };
  version?: Partial<VersionInfo>;
  /** The store will not change while this server lives. */
  frozen?: boolean;
  /** Host and port told in /api. */
  serverAddress?: string;
  log?: Log;
}

export interface VersionInfo {
  major: string;
  minor: string;
  emulationMajor: string;
  emulationMinor: string;
  minCompatibilityMajor: string;
  minCompatibilityMinor: string;
  gitVersion: string;
  gitCommit: string;
  gitTreeState: string;
  buildDate: string;
  goVersion: string;
  compiler: string;
  platform: string;
}

export const VERSION: VersionInfo = {
  major: '1',
  minor: '36',
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  gitVersion: 'v1.36.3',
  gitCommit: '0000000000000000000000000000000000000000',
  gitTreeState: 'clean',
  buildDate: '2026-01-01T00:00:00Z',
  goVersion: 'go1.25.0',
  compiler: 'gc',
  platform: 'linux/amd64',
};
