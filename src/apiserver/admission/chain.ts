/**
 * Admission: each plugin, in Kubernetes' order, first changes what is about to
 * be written, and after the object's own rules have held, may still refuse it.
 * Reads go to the store, so a user's own write is seen.
 */
import type { Server } from '../context.js';
import type { AdmissionRequest } from './plugin.js';
import { PLUGINS } from './plugins.js';

export type { AdmissionPlugin, AdmissionRequest, Operation } from './plugin.js';

export interface AdmissionChain {
  admit(request: AdmissionRequest): Promise<void>;
  validate(request: AdmissionRequest): Promise<void>;
}

export function createAdmission(_server: Server): AdmissionChain {
  return {
    async admit(request) {
      await round(request);
      const { reinvocation } = request;
      if (reinvocation?.wanted !== true) return;
      reinvocation.second = true;
      await round(request);
    },
    async validate(request) {
      for (const plugin of PLUGINS) if (plugin.validate !== undefined && plugin.handles(request)) await plugin.validate(request);
    },
  };
}

async function round(request: AdmissionRequest): Promise<void> {
  for (const plugin of PLUGINS) if (plugin.admit !== undefined && plugin.handles(request)) await plugin.admit(request);
}
