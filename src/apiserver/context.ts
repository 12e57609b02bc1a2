/**
 * What the parts of one API server share: its options, the kinds that are
 * served, where they are stored; and what one request carries down the chain.
 */
import type { Kind } from '../api/kind.js';
import type { ApiRequest, UserInfo } from '../apimachinery/request.js';
import type { Soon } from '../platform/soon.js';
import type { RequestInfo } from './route.js';
import type { ApiServerOptions } from './options.js';
import type { KindRegistry } from './registry/kinds.js';
import type { Storages } from './registry/storage.js';
import type { Attributes, Decision } from './authz/authorizer.js';
import type { AdmissionChain } from './admission/chain.js';
import type { CrdRuntime } from './crds.js';
import { addWarnings } from './warnings.js';

export interface Server {
  readonly options: ApiServerOptions;
  readonly registry: KindRegistry;
  readonly storages: Storages;
  /** Loaded with the first write. */
  admission(): Soon<AdmissionChain>;
  crds?: CrdRuntime;
  authorize(attributes: Attributes): Soon<Decision>;
}

export interface Call {
  readonly server: Server;
  readonly request: ApiRequest;
  readonly info: RequestInfo;
  readonly user: UserInfo;
  /** Texts of Warning headers, in order, each once. */
  readonly warnings: string[];
}

/** A call that is for a kind that is served. */
export interface KindCall extends Call {
  readonly kind: Kind;
}

export function warn(call: { warnings: string[] }, texts: readonly string[]): void {
  if (texts.length > 0) addWarnings(call.warnings, texts);
}

export const groupResource = (kind: Kind) => ({ group: kind.group, resource: kind.plural });
export const groupVersion = (kind: { group: string; version: string }): string => (kind.group === '' ? kind.version : `${kind.group}/${kind.version}`);

/** Whether the caller is a loop in this process: nobody reads the warnings that its writes draw. */
export const isLoop = (request: ApiRequest): boolean => request.durability === 'background' && isInProcess(request);

/** Whether the caller is in this process and takes our own frozen objects. */
export const isInProcess = (request: ApiRequest): boolean => request.credentials.type === 'inProcess';
