/**
 * What an admission plugin is given and what it may answer. Apart from the
 * chain, which knows all plugins: plugins must not import what imports them.
 */
import type { Kind } from '../../api/kind.js';
import type { KubeObject } from '../../apimachinery/object.js';
import { forbidden, type StatusError } from '../../apimachinery/status.js';
import type { ApiRequest, UserInfo } from '../../apimachinery/request.js';
import type { Soon } from '../../platform/soon.js';
import type { Server } from '../context.js';

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

export interface AdmissionRequest {
  readonly server: Server;
  readonly operation: Operation;
  readonly kind: Kind;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly user: UserInfo;
  readonly dryRun: boolean;
  /** What is about to be written, and may be changed by `admit`; undefined on DELETE. */
  readonly object: any;
  readonly previous: KubeObject | undefined;
  /** DeleteOptions, PodExecOptions, …. */
  readonly options?: object;
  /** What the caller sent, for those who are told its options. */
  readonly sent?: ApiRequest;
  /** Set by a plugin that may want a second round. */
  reinvocation?: Reinvocation;
  warn(texts: readonly string[]): void;
  /** Undoes what was reserved, should the write fail after all. */
  onFailure(undo: () => Promise<void>): void;
}

export interface Reinvocation {
  /** Something that earlier plugins have seen was changed after them: all are asked once more. */
  wanted: boolean;
  /** This is that round. */
  second: boolean;
}

/** What is known at once is answered at once: see Soon. */
export interface AdmissionPlugin {
  readonly name: string;
  handles(request: AdmissionRequest): boolean;
  admit?(request: AdmissionRequest): Soon<void>;
  validate?(request: AdmissionRequest): Soon<void>;
}

/** 403: `pods "x" is forbidden: …`. */
export function refused({ kind, name, object, previous }: AdmissionRequest, message: string): StatusError {
  const shown = name !== '' ? name : (object?.metadata?.name ?? object?.metadata?.generateName ?? previous?.metadata.name ?? '');
  return forbidden({ group: kind.group, resource: kind.plural }, shown, message);
}

export const isPod = ({ kind, subresource }: AdmissionRequest): boolean => kind.group === '' && kind.plural === 'pods' && subresource === '';
export const isResource = ({ kind, subresource }: AdmissionRequest, group: string, plural: string): boolean =>
  kind.group === group && kind.plural === plural && subresource === '';

export { read, readAll } from '../registry/reads.js';
