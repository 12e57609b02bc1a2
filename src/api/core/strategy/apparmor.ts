/**
 * AppArmor profiles that a new pod names in annotations, as was done before
 * there was a field: the field is made of the annotation, with a warning.
 */
import type { AppArmorProfile, Container } from '../types/container.js';
import type { Pod } from '../types/pod.js';
import { semanticEqual } from '../validation/complaints.js';
import { APP_ARMOR } from '../validation/podannotations.js';
import { eachContainer } from '../validation/podos.js';
import { validateAppArmorProfile } from '../validation/securitycontext.js';

/** What is to be warned of is known only until the fields are made. */
const told = new WeakMap<Pod, string[]>();

export function appArmorFields(pod: Pod): void {
  const { annotations } = pod.metadata;
  if (annotations === undefined || pod.spec.os?.name === 'windows' || !Object.keys(annotations).some((key) => key.startsWith(APP_ARMOR))) return;
  const warnings = eachContainer(pod.spec, '').flatMap(({ container }) => {
    const key = `${APP_ARMOR}${container.name}`;
    const text = annotations[key];
    if (text === undefined || container.securityContext?.appArmorProfile !== undefined) return [];
    return isTaken(container, profileOf(text), pod) ? [`metadata.annotations[${key}]: deprecated since v1.30; use the "appArmorProfile" field instead`] : [];
  });
  told.set(pod, warnings);
}

export const appArmorWarnings = (pod: Pod): readonly string[] => told.get(pod) ?? [];

/** Whether there is something to warn of: an annotation that says nothing, or one that says more than the pod's own field. */
function isTaken(container: Container, profile: AppArmorProfile | undefined, { spec }: Pod): boolean {
  if (profile === undefined) return true;
  if (semanticEqual(profile, spec.securityContext?.appArmorProfile)) return false;
  (container.securityContext ??= {}).appArmorProfile = profile;
  return true;
}

function profileOf(text: string): AppArmorProfile | undefined {
  if (text === 'unconfined') return { type: 'Unconfined' };
  if (text === 'runtime/default') return { type: 'RuntimeDefault' };
  if (!text.startsWith('localhost/') || text === 'localhost/') return undefined;
  const profile: AppArmorProfile = { type: 'Localhost', localhostProfile: text.slice('localhost/'.length) };
  return validateAppArmorProfile(profile, '').length > 0 ? undefined : profile;
}
