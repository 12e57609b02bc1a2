/**
 * Selectors the other way round: which Services select a pod, and which pods a
 * Service selects, by indexes on single labels, so that neither looks through
 * a whole namespace.
 */
import type { KubeObject } from '../apimachinery/object.js';
import type { Informer } from '../client/client.js';
import { byText } from './order.js';
import type { Pod, Service } from './kinds.js';

const LABEL = 'label';
const SELECTS = 'selects';

const entry = (namespace: string | undefined, name: string, value: string): string => `${namespace}/${name}=${value}`;

export const labelIndex = {
  [LABEL]: ({ metadata: { namespace, labels = {} } }: KubeObject): string[] => Object.entries(labels).map(([name, value]) => entry(namespace, name, value)),
};

/** By one pair of the selector: a pod that lacks it is not selected. */
export const selectsIndex = {
  [SELECTS]: ({ metadata: { namespace }, spec: { selector = {} } }: Service): string[] => {
    const first = Object.entries(selector).sort(([one], [other]) => byText(one, other))[0];
    return first === undefined ? [] : [entry(namespace, ...first)];
  },
};

export function servicesOf(services: Informer<Service>, { metadata: { namespace, labels = {} } }: KubeObject): Service[] {
  return Object.entries(labels)
    .flatMap(([name, value]) => services.lister.byIndex(SELECTS, entry(namespace, name, value)))
    .filter(({ spec: { selector = {} } }) => selects(selector, labels))
    .sort((one, other) => byText(one.metadata.name!, other.metadata.name!));
}

export function podsOf(pods: Informer<Pod>, { metadata: { namespace }, spec: { selector = {} } }: Service): Pod[] {
  let fewest: Pod[] | undefined;
  for (const [name, value] of Object.entries(selector)) {
    const found = pods.lister.byIndex(LABEL, entry(namespace, name, value));
    if (fewest === undefined || found.length < fewest.length) fewest = found;
  }
  return (fewest ?? [])
    .filter(({ metadata: { labels = {} } }) => selects(selector, labels))
    .sort((one, other) => byText(one.metadata.name!, other.metadata.name!));
}

function selects(selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(selector).every(([name, value]) => labels[name] === value);
}
