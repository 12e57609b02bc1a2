/**
 * Admission: each plugin, in Kubernetes' order, first changes what is about to
 * be written, and after the object's own rules have held, may still refuse it.
 * Reads go to the store, so a user's own write is seen.
 */
import { whenThere, type Soon } from '../../platform/soon.js';
import type { Server } from '../context.js';
import type { AdmissionRequest } from './plugin.js';
import { PLUGINS } from './plugins.js';

export type { AdmissionPlugin, AdmissionRequest, Operation } from './plugin.js';

export interface AdmissionChain {
  /** Both are over at once where no plugin has to wait. */
  admit(request: AdmissionRequest): Soon<void>;
  validate(request: AdmissionRequest): Soon<void>;
}

export function createAdmission(_server: Server): AdmissionChain {
  return {
    admit: (request) => whenThere(admitFrom(0, request), () => again(request)),
    validate: (request) => validateFrom(0, request),
  };
}

const ADMITTING = PLUGINS.filter(({ admit }) => admit !== undefined);
const VALIDATING = PLUGINS.filter(({ validate }) => validate !== undefined);

function again(request: AdmissionRequest): Soon<void> {
  const { reinvocation } = request;
  if (reinvocation?.wanted !== true) return;
  reinvocation.second = true;
  return admitFrom(0, request);
}

function admitFrom(first: number, request: AdmissionRequest): Soon<void> {
  for (let at = first; at < ADMITTING.length; at++) {
    const plugin = ADMITTING[at]!;
    const done = plugin.handles(request) ? plugin.admit!(request) : undefined;
    if (done !== undefined) return done.then(() => admitFrom(at + 1, request));
  }
}

function validateFrom(first: number, request: AdmissionRequest): Soon<void> {
  for (let at = first; at < VALIDATING.length; at++) {
    const plugin = VALIDATING[at]!;
    const done = plugin.handles(request) ? plugin.validate!(request) : undefined;
    if (done !== undefined) return done.then(() => validateFrom(at + 1, request));
  }
}
