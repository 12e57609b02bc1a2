/** MutatingAdmissionWebhook and ValidatingAdmissionWebhook. Without a configuration they cost a look; what calls out is loaded with the first. */
import { lazy } from '../../lazy.js';
import { whenThere } from '../../../platform/soon.js';
import type { AdmissionPlugin, AdmissionRequest } from '../plugin.js';
import { hooksOf, isExempt, type Hook } from './source.js';

const mutating = lazy(() => import('./mutating.js'));
const validating = lazy(() => import('./validating.js'));

export const mutatingAdmissionWebhook: AdmissionPlugin = {
  name: 'MutatingAdmissionWebhook',
  handles: ({ kind }) => !isExempt(kind),
  admit: (request) => whenThere(hooksOf(request.server, 'mutatingwebhookconfigurations'), (hooks) => (hooks.length === 0 ? undefined : mutate(hooks, request))),
};

export const validatingAdmissionWebhook: AdmissionPlugin = {
  name: 'ValidatingAdmissionWebhook',
  handles: ({ kind }) => !isExempt(kind),
  validate: (request) =>
    whenThere(hooksOf(request.server, 'validatingwebhookconfigurations'), (hooks) => (hooks.length === 0 ? undefined : validate(hooks, request))),
};

async function mutate(hooks: readonly Hook[], request: AdmissionRequest): Promise<void> {
  request.reinvocation ??= { wanted: false, second: false };
  await (await mutating()).mutate(hooks, request);
}

async function validate(hooks: readonly Hook[], request: AdmissionRequest): Promise<void> {
  await (await validating()).validate(hooks, request);
}
