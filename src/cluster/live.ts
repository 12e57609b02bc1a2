/**
 * Which programs of the control plane are live, and what that means to others:
 * without kube-apiserver every connection is refused; without etcd the API
 * server has no store.
 */
import type { ApiHandler, ApiRequest, ApiResponse } from '../apimachinery/request.js';
import { timeout } from '../apimachinery/status.js';
import type { Store } from '../store/store.js';
import { API_PORT, CONTROL_PLANE_IP } from './topology.js';

export type Program = 'kube-apiserver' | 'etcd' | 'kube-controller-manager' | 'kube-scheduler';

export interface Live {
  has(program: Program): boolean;
  set(program: Program, live: boolean): void;
  names(): Program[];
  /** Called after a program became live or ended. */
  onChange(listener: (program: Program, live: boolean) => void): () => void;
}

export function createLive(first: readonly Program[]): Live {
  const live = new Set<Program>(first);
  const listeners = new Set<(program: Program, live: boolean) => void>();
  return {
    has: (program) => live.has(program),
    names: () => [...live].sort(),
    set(program, on) {
      if (live.has(program) === on) return;
      if (on) live.add(program);
      else live.delete(program);
      for (const listener of listeners) listener(program, on);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Nobody listens at the API server's port. */
export class RefusedError extends Error {
  override name = 'ConnectionError';
  readonly code = 'ECONNREFUSED';
  constructor() {
    super(`The connection to the server ${CONTROL_PLANE_IP}:${API_PORT} was refused - did you specify the right host or port?`);
  }
}

export function gatedHandler(handler: ApiHandler, live: Live): ApiHandler {
  return {
    handle(request: ApiRequest): Promise<ApiResponse> {
      return live.has('kube-apiserver') ? handler.handle(request) : Promise.reject(new RefusedError());
    },
  };
}

/** A store whose etcd is gone answers nothing in time. */
export function gatedStore(store: Store, live: Live): Store {
  const gone = (): Error => timeout('etcdserver: request timed out');
  return new Proxy(store, {
    get(target, name) {
      const member = Reflect.get(target, name) as unknown;
      if (typeof member !== 'function') return member;
      const bound = member.bind(target) as (...args: unknown[]) => unknown;
      if (name !== 'range' && name !== 'txn' && name !== 'status') return bound;
      return (...args: unknown[]) => (live.has('etcd') ? bound(...args) : Promise.reject(gone()));
    },
  });
}
