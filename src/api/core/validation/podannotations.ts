/**
 * Rules of annotations that say something of a pod: mirror pods, deletion
 * costs, and what was said in annotations before there were fields for
 * tolerations, seccomp and AppArmor.
 */
import { forbidden, invalid, type Causes } from '../../../apimachinery/fielderror.js';
import { goQuote } from '../../../apimachinery/gojson.js';
import type { AppArmorProfile, SeccompProfile } from '../types/container.js';
import type { PodSpec } from '../types/podspec.js';
import type { Toleration } from '../types/reference.js';
import { readAnnotation } from './annotationjson.js';
import { localDescendingPath } from './paths.js';
import { eachContainer } from './podos.js';
import { validateTolerations } from './podspecparts.js';

export type Annotations = Readonly<Record<string, string>>;

export const MIRROR = 'kubernetes.io/config.mirror';
const TOLERATIONS = 'scheduler.alpha.kubernetes.io/tolerations';
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';
const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod';
const SECCOMP_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/';
export const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io/';

export function validatePodAnnotations(annotations: Annotations | undefined, spec: PodSpec, field: string): Causes {
  if (annotations === undefined) return [];
  const mirror = annotations[MIRROR];
  const tolerations = annotations[TOLERATIONS] ?? '';
  const cost = annotations[DELETION_COST];
  return [
    ...(mirror === undefined || spec.nodeName ? [] : [invalid(`${field}[${MIRROR}]`, mirror, 'must set spec.nodeName if mirror pod annotation is set')]),
    ...(tolerations === '' ? [] : tolerationsAnnotation(tolerations, field)),
    ...(cost === undefined || isDeletionCost(cost) ? [] : [invalid(`${field}[${DELETION_COST}]`, cost, 'must be a 32bit integer')]),
    ...seccompAnnotations(annotations, field),
    ...appArmorAnnotations(annotations, spec, field),
  ];
}

function tolerationsAnnotation(text: string, field: string): Causes {
  const read = readAnnotation<Toleration>(text, '[]core.Toleration');
  return 'error' in read ? [invalid(field, TOLERATIONS, read.error)] : validateTolerations(read.items, `${field}.${TOLERATIONS}`);
}

/** Without a plus sign and without zeros in front. */
function isDeletionCost(text: string): boolean {
  if (!/^(0|-?[1-9]\d{0,9})$/.test(text)) return false;
  const value = Number(text);
  return value >= -(2 ** 31) && value < 2 ** 31;
}

function seccompAnnotations(annotations: Annotations, field: string): Causes {
  const keys = Object.keys(annotations)
    .filter((key) => key.startsWith(SECCOMP_CONTAINER))
    .sort();
  return [...(annotations[SECCOMP_POD] === undefined ? [] : [SECCOMP_POD]), ...keys].flatMap((key) => seccompText(annotations[key]!, `${field}.${key}`));
}

function seccompText(text: string, field: string): Causes {
  if (text === 'runtime/default' || text === 'docker/default' || text === 'unconfined') return [];
  return text.startsWith('localhost/')
    ? localDescendingPath(text.slice('localhost/'.length), field)
    : [invalid(field, text, 'must be a valid seccomp profile')];
}

function appArmorAnnotations(annotations: Annotations, spec: PodSpec, field: string): Causes {
  return Object.keys(annotations)
    .filter((key) => key.startsWith(APP_ARMOR))
    .sort()
    .flatMap((key) => {
      const name = key.slice(APP_ARMOR.length);
      const text = annotations[key]!;
      const isKnown = text === '' || text === 'runtime/default' || text === 'unconfined' || text.startsWith('localhost/');
      return [
        ...(eachContainer(spec, '').some(({ container }) => container.name === name) ? [] : [invalid(`${field}[${key}]`, name, 'container not found')]),
        ...(isKnown ? [] : [invalid(`${field}[${key}]`, text, `invalid AppArmor profile name: ${goQuote(text)}`)]),
      ];
    });
}

/** On create, an old annotation may not say what the field says otherwise. */
export function validateAnnotationsMatchFields(annotations: Annotations | undefined, spec: PodSpec, field: string): Causes {
  return annotations === undefined ? [] : [...seccompMatches(annotations, spec, field), ...appArmorMatches(annotations, spec, field)];
}

function seccompMatches(annotations: Annotations, spec: PodSpec, field: string): Causes {
  const pod = annotations[SECCOMP_POD];
  const profile = spec.securityContext?.seccompProfile;
  return [
    ...(pod === undefined || profile === undefined ? [] : seccompMatch(pod, profile, `${field}.securityContext.seccompProfile`)),
    ...eachContainer(spec, field).flatMap(({ container, at }) => {
      const text = annotations[`${SECCOMP_CONTAINER}${container.name}`];
      const own = container.securityContext?.seccompProfile;
      return text === undefined || own === undefined ? [] : seccompMatch(text, own, `${at}.securityContext.seccompProfile`);
    }),
  ];
}

function seccompMatch(text: string, { type, localhostProfile }: SeccompProfile, field: string): Causes {
  const defaults = ['runtime/default', 'docker/default'];
  return match({ word: 'seccomp', text, type, localhostProfile, defaults }, field);
}

function appArmorMatches(annotations: Annotations, spec: PodSpec, field: string): Causes {
  if (spec.os?.name === 'windows') return [];
  return eachContainer(spec, field).flatMap(({ container, at }) => {
    const profile: AppArmorProfile | undefined = container.securityContext?.appArmorProfile ?? spec.securityContext?.appArmorProfile;
    const text = annotations[`${APP_ARMOR}${container.name}`];
    if (profile === undefined || text === undefined) return [];
    return match({ word: 'apparmor', text, ...profile, defaults: ['runtime/default'] }, `${at}.securityContext.appArmorProfile`);
  });
}

interface Told {
  word: string;
  text: string;
  type: string;
  localhostProfile?: string | undefined;
  defaults: readonly string[];
}

function match({ word, text, type, localhostProfile, defaults }: Told, field: string): Causes {
  const differs = [forbidden(`${field}.type`, `${word} type in annotation and field must match`)];
  switch (type) {
    case 'Unconfined':
      return text === 'unconfined' ? [] : differs;
    case 'RuntimeDefault':
      return defaults.includes(text) ? [] : differs;
    case 'Localhost':
      if (!text.startsWith('localhost/')) return differs;
      return text.slice('localhost/'.length) === localhostProfile
        ? []
        : [forbidden(`${field}.localhostProfile`, `${word} profile in annotation and field must match`)];
    default:
      return [];
  }
}

/** Annotations that a pod has for ever, or never: AppArmor's and the mirror's. */
export function validateAnnotationUpdates(next: Annotations, previous: Annotations, field: string): Causes {
  const told = (key: string, what: string): Causes => {
    if (key.startsWith(APP_ARMOR)) return [forbidden(`${field}[${key}]`, `may not ${what} AppArmor annotations`)];
    return key === MIRROR ? [forbidden(`${field}[${key}]`, `may not ${what} mirror pod annotation`)] : [];
  };
  return [
    ...Object.keys(previous)
      .sort()
      .flatMap((key) => (next[key] === previous[key] ? [] : told(key, 'remove or update'))),
    ...Object.keys(next)
      .sort()
      .flatMap((key) => (previous[key] === undefined ? told(key, 'add') : [])),
  ];
}
