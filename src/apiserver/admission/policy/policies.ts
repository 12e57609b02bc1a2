/** MutatingAdmissionPolicy and ValidatingAdmissionPolicy. Without a bound policy they cost a look; CEL is loaded with the first. */
import { whenThere } from '../../../platform/soon.js';
import { lazy } from '../../lazy.js';
import type { AdmissionPlugin, AdmissionRequest } from '../plugin.js';
import { isExempt, mutatingHooks, validatingHooks, type MutatingHook, type ValidatingHook } from './source.js';

const mutating = lazy(() => import('./mutating.js'));
const validating = lazy(() => import('./validating.js'));

export const mutatingAdmissionPolicy: AdmissionPlugin = {
  name: 'MutatingAdmissionPolicy',
  handles: ({ kind, operation }) => operation !== 'DELETE' && !isExempt(kind),
  admit: (request) => whenThere(mutatingHooks(request.server), (hooks) => (hooks.length === 0 ? undefined : mutate(hooks, request))),
};

export const validatingAdmissionPolicy: AdmissionPlugin = {
  name: 'ValidatingAdmissionPolicy',
  handles: ({ kind }) => !isExempt(kind),
  validate: (request) => whenThere(validatingHooks(request.server), (hooks) => (hooks.length === 0 ? undefined : validate(hooks, request))),
};

async function mutate(hooks: readonly MutatingHook[], request: AdmissionRequest): Promise<void> {
  request.reinvocation ??= { wanted: false, second: false };
  await (await mutating()).mutate(hooks, request);
}

async function validate(hooks: readonly ValidatingHook[], request: AdmissionRequest): Promise<void> {
  await (await validating()).validate(hooks, request);
}
