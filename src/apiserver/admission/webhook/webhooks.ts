/** MutatingAdmissionWebhook and ValidatingAdmissionWebhook. Without a configuration they cost a look; what calls out is loaded with the first. */
import { lazy } from '../../lazy.js';
import type { AdmissionPlugin } from '../plugin.js';
import { hooksOf, isExempt } from './source.js';

const mutating = lazy(() => import('./mutating.js'));
const validating = lazy(() => import('./validating.js'));

export const mutatingAdmissionWebhook: AdmissionPlugin = {
  name: 'MutatingAdmissionWebhook',
  handles: ({ kind }) => !isExempt(kind),
  async admit(request) {
    const hooks = await hooksOf(request.server, 'mutatingwebhookconfigurations');
    if (hooks.length === 0) return;
    request.reinvocation ??= { wanted: false, second: false };
    await (await mutating()).mutate(hooks, request);
  },
};

export const validatingAdmissionWebhook: AdmissionPlugin = {
  name: 'ValidatingAdmissionWebhook',
  handles: ({ kind }) => !isExempt(kind),
  async validate(request) {
    const hooks = await hooksOf(request.server, 'validatingwebhookconfigurations');
    if (hooks.length > 0) await (await validating()).validate(hooks, request);
  },
};
