/**
 * The webhooks that are configured, in the order in which they are asked: by
 * the name of their configuration, then as it lists them. Answered from what
 * was last read until a configuration changes; without any it costs a look.
 */
import type { KubeObject } from '../../../apimachinery/object.js';
import { selectorOf, type Selector } from '../../../apimachinery/labels.js';
import type { MutatingWebhook } from '../../../api/admissionregistration/types/mutatingwebhookconfiguration.js';
import type { ValidatingWebhook } from '../../../api/admissionregistration/types/validatingwebhookconfiguration.js';
import { whenThere, type Soon } from '../../../platform/soon.js';
import type { Server } from '../../context.js';

export type Webhook = (MutatingWebhook | ValidatingWebhook) & Partial<Pick<MutatingWebhook, 'reinvocationPolicy'>>;

export interface Hook {
  /** Tells one hook from all others. */
  id: string;
  configuration: string;
  webhook: Webhook;
  namespaces: Selector;
  objects: Selector;
}

const GROUP = 'admissionregistration.k8s.io';
const NONE: readonly Hook[] = [];
const made = new WeakMap<KubeObject, readonly Hook[]>();

/** Policies and webhooks are never asked about themselves, so that a broken one can be taken away. */
const EXEMPT = new Set([
  'mutatingwebhookconfigurations',
  'validatingwebhookconfigurations',
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
  'mutatingadmissionpolicies',
  'mutatingadmissionpolicybindings',
]);

export const isExempt = ({ group, plural }: { group: string; plural: string }): boolean => group === GROUP && EXEMPT.has(plural);

export function hooksOf(server: Server, plural: 'mutatingwebhookconfigurations' | 'validatingwebhookconfigurations'): Soon<readonly Hook[]> {
  const kind = server.registry.resource(GROUP, 'v1', plural);
  return kind === undefined ? NONE : whenThere(server.storages.of(kind).storage.kept.list(''), hooksOfAll);
}

const hooksOfAll = (configurations: readonly KubeObject[]): readonly Hook[] => (configurations.length === 0 ? NONE : configurations.flatMap(hooksIn));

function hooksIn(configuration: KubeObject): readonly Hook[] {
  let hooks = made.get(configuration);
  if (hooks === undefined)
    made.set(
      configuration,
      (hooks = ((configuration as { webhooks?: readonly Webhook[] }).webhooks ?? []).map((webhook, at) => hookOf(configuration.metadata.name!, webhook, at))),
    );
  return hooks;
}

const hookOf = (configuration: string, webhook: Webhook, at: number): Hook => ({
  id: `${configuration}/${webhook.name}/${at}`,
  configuration,
  webhook,
  namespaces: selectorOf(webhook.namespaceSelector ?? {}),
  objects: selectorOf(webhook.objectSelector ?? {}),
});
