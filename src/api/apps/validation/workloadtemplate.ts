/**
 * What every workload asks of its selector and its pod template: that they fit
 * each other, and that pods restart for ever.
 */
import { asHeld } from '../../../apimachinery/givenempty.js';
import { forbidden, invalid, notSupported, required, type Causes } from '../../../apimachinery/fielderror.js';
import { sortedKeys } from '../../../apimachinery/gojson.js';
import { selectorOf } from '../../../apimachinery/labels.js';
import { dns1123Label } from '../../../apimachinery/names.js';
import type { KubeObject } from '../../../apimachinery/object.js';
import type { LabelSelector } from '../../../apimachinery/meta/meta.js';
import type { PodTemplateSpec } from '../../core/types/podspec.js';
import { warningsForPodTemplate } from '../../core/strategy/podwarnings.js';
import { validatePodTemplateSpec } from '../../core/validation/podspec.js';
import { isEmptySelector, validateLabelSelector } from './labelselector.js';

export function validateRequiredSelector(selector: LabelSelector | null | undefined, path: string, emptyMessage: string): Causes {
  if (!selector) return [required(path)];
  return [...validateLabelSelector(selector, path), ...(isEmptySelector(selector) ? [invalid(path, selector, emptyMessage)] : [])];
}

/** Whether a selector can be read at all; one that is not there selects nothing and can. */
export const isReadable = (selector: LabelSelector | null | undefined): boolean => validateLabelSelector(selector ?? undefined, '').length === 0;

export function validateTemplateLabels(template: PodTemplateSpec, selector: LabelSelector | null | undefined, path: string): Causes {
  if (selector && isEmptySelector(selector)) return [];
  const labels = template.metadata.labels;
  if (selectorOf(selector ?? undefined).matches(labels ?? {})) return [];
  return [invalid(`${path}.metadata.labels`, sortedKeys(asHeld(template.metadata, 'labels') as object), '`selector` does not match template `labels`')];
}

export function validateReplicaSetTemplate(template: PodTemplateSpec, selector: LabelSelector | null | undefined, path: string): Causes {
  return [
    ...validateTemplateLabels(template, selector, path),
    ...validatePodTemplateSpec(template, path),
    ...alwaysRestarts(template, path, 'activeDeadlineSeconds in ReplicaSet is not Supported'),
  ];
}

export function alwaysRestarts({ spec }: PodTemplateSpec, path: string, deadlineMessage: string): Causes {
  const restarts = spec.restartPolicy === 'Always' ? [] : [notSupported(`${path}.spec.restartPolicy`, spec.restartPolicy ?? '', ['Always'])];
  return [...restarts, ...validateNoDeadline(spec.activeDeadlineSeconds, path, deadlineMessage)];
}

export function validateNoDeadline(seconds: number | undefined, path: string, message: string): Causes {
  return seconds === undefined ? [] : [forbidden(`${path}.spec.activeDeadlineSeconds`, message)];
}

/** A name that pods are called after warns when it is no label of the DNS; once it is taken nothing more is said. */
export function nameWarnings({ metadata }: KubeObject, previous: KubeObject | undefined): string[] {
  const messages = previous === undefined ? dns1123Label(metadata.name ?? '') : [];
  if (messages.length === 0) return [];
  return [
    `metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [${messages.join(' ')}]`,
  ];
}

/** As Kubernetes does: an update that raises no generation draws no warning about its template. */
export function templateWarnings(next: KubeObject, previous: KubeObject | undefined, template: PodTemplateSpec, path: string): string[] {
  return previous !== undefined && next.metadata.generation === previous.metadata.generation ? [] : warningsForPodTemplate(template, path);
}
