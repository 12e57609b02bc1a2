/**
 * An API server over a store, with Kubernetes' own chain of who is who and who
 * may what. Wiring; no logic.
 */
import { KINDS } from '../api/kinds.js';
import { createApiServer, type ApiServer } from '../apiserver/apiserver.js';
import { authenticateToken, createAuthenticator, type TokenAuthenticator } from '../apiserver/authn/authenticate.js';
import { storedTokenObjects } from '../apiserver/authn/objects.js';
import type { ServiceAccountTokens } from '../apiserver/authn/serviceaccount.js';
import { unionAuthorizer } from '../apiserver/authz/authorizer.js';
import { nodeAuthorizer } from '../apiserver/authz/node.js';
import { RbacAuthorizer } from '../apiserver/authz/rbac.js';
import type { Dialer, NodeConnector } from '../apiserver/nodeconnector.js';
import type { MetricsSource } from '../apiserver/options.js';
import type { Clock } from '../platform/clock.js';
import type { Log } from '../platform/component.js';
import type { Quiescence } from '../platform/quiescence.js';
import type { Random } from '../platform/random.js';
import type { Store } from '../store/store.js';
import type { ClusterKeys } from './keys.js';
import type { Program } from './live.js';
import type { Manifests } from './manifests.js';
import { API_PORT, CONTROL_PLANE_IP, SERVICE_CIDR } from './topology.js';

export interface ControlPlaneOptions {
  store: Store;
  clock: Clock;
  random: Random;
  quiescence: Quiescence;
  keys: ClusterKeys;
  manifests: Manifests;
  nodes?: NodeConnector;
  dialer?: Dialer;
  log: Log;
  metrics?: MetricsSource;
  isLive: (program: Program) => boolean;
  /** The store will not change. */
  frozen?: boolean;
}

export function createControlPlane(options: ControlPlaneOptions): ApiServer {
  const { store, clock, random, quiescence, keys, manifests, log } = options;
  const rbac = new RbacAuthorizer(store);
  const authorizer = unionAuthorizer([nodeAuthorizer({ nodeRules: () => manifests.nodeRules(), relations: () => server.relations() }), rbac]);
  const tokens = lazily(async (): Promise<ServiceAccountTokens> => {
    const { serviceAccountTokens } = await import('../apiserver/authn/serviceaccount.js');
    return serviceAccountTokens({ signingKey: await keys.tokenKey(), clock, random, objects: storedTokenObjects(store) });
  });
  const bootstrap = lazily(async () => (await import('../apiserver/authn/bootstraptoken.js')).bootstrapTokens({ store, clock }));
  const authenticators: TokenAuthenticator[] = [
    { authenticateToken: async (token, audiences) => (await tokens()).authenticateToken(token, audiences) },
    { authenticateToken: async (token, audiences) => (await bootstrap()).authenticateToken(token, audiences) },
  ];
  const authenticate = createAuthenticator(authenticators);
  const server: ApiServer = createApiServer({
    store,
    clock,
    random,
    quiescence,
    kinds: KINDS,
    authenticate,
    authorize: (attributes) => authorizer.authorize(attributes),
    rulesFor: (user, namespace) => rbac.rulesFor(user, namespace),
    tokens: {
      issuer: 'https://kubernetes.default.svc.cluster.local',
      issue: async (spec) => (await tokens()).issue(spec),
      review: (token, audiences) => authenticateToken(authenticators, token, audiences),
      keys: async () => (await tokens()).keys(),
    },
    ...(options.nodes === undefined ? {} : { nodes: options.nodes }),
    ...(options.dialer === undefined ? {} : { dialer: options.dialer }),
    isLive: options.isLive,
    serviceCidr: SERVICE_CIDR,
    serverAddress: `${CONTROL_PLANE_IP}:${API_PORT}`,
    log,
    ...(options.metrics === undefined ? {} : { metrics: options.metrics }),
    ...(options.frozen ? { frozen: true } : {}),
  });
  return server;
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
