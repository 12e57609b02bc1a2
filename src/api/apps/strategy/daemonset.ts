/**
 * Rules on writing DaemonSets: defaults, validation of spec and status, and
 * the template's own generation, which lives in an annotation.
 */
import { asHeld } from '../../../apimachinery/givenempty.js';
import { sortedKeys } from '../../../apimachinery/gojson.js';
import { selectorOf } from '../../../apimachinery/labels.js';
import { defaultPodTemplateSpec } from '../../core/defaults/podspec.js';
import { validatePodTemplateSpec } from '../../core/validation/podspec.js';
import { semanticEqual } from '../../core/validation/complaints.js';
import type { Strategy } from '../../kind.js';
import { DaemonSet, DaemonSetUpdateStrategy } from '../types/daemonset.js';
import type { DaemonSetSpec, RollingUpdateDaemonSet } from '../types/daemonset.js';
import { isEmptySelector, validateLabelSelector } from '../validation/labelselector.js';
import {
  goStruct,
  immutable,
  intOrPercent,
  invalid,
  nonNegative,
  nonNegatives,
  notDecremented,
  notMoreThan100Percent,
  notSupported,
  positiveIntOrPercent,
  required,
  supported,
  type Causes,
} from '../validation/rules.js';
import { isReadable, templateWarnings, validateNoDeadline } from '../validation/workloadtemplate.js';

const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';
const COUNTS = [
  'currentNumberScheduled',
  'numberMisscheduled',
  'desiredNumberScheduled',
  'numberReady',
  'observedGeneration',
  'updatedNumberScheduled',
  'numberAvailable',
  'numberUnavailable',
  'collisionCount',
];

export const strategy: Strategy<DaemonSet> = {
  schema: DaemonSet,
  defaults(set) {
    const { spec } = set;
    // Go's internal struct always has the number, so what is read always shows it.
    setTemplateGeneration(set, templateGeneration(set));
    defaultPodTemplateSpec(spec.template);
    spec.updateStrategy.type ||= 'RollingUpdate';
    if (spec.updateStrategy.type === 'RollingUpdate') {
      const rolling = (spec.updateStrategy.rollingUpdate ??= {});
      rolling.maxUnavailable ??= 1;
      rolling.maxSurge ??= 0;
    }
    spec.revisionHistoryLimit ??= 10;
  },
  prepareForCreate(set) {
    setTemplateGeneration(set, Math.max(templateGeneration(set), 1));
  },
  prepareForUpdate(next, previous) {
    const changed = !semanticEqual(next.spec.template, previous.spec.template);
    setTemplateGeneration(next, templateGeneration(previous) + (changed ? 1 : 0));
  },
  validate: ({ spec }) => validateDaemonSetSpec(spec, 'spec'),
  placesMetadata: true,
  validateUpdate: (next, previous, _, metadata) => [
    ...(metadata?.changed ?? []),
    ...validateDaemonSetSpec(next.spec, 'spec'),
    ...immutable('spec.selector', next.spec.selector, previous.spec.selector),
  ],
  warnings: (next, previous) => templateWarnings(next, previous, next.spec.template, 'spec.template'),
  subresources: {
    status: {
      prepareForUpdate(next, previous) {
        next.spec = previous.spec;
      },
      validateUpdate: (next, previous) => [
        ...nonNegatives('status', next.status, COUNTS),
        ...notDecremented('status.collisionCount', next.status.collisionCount, previous.status.collisionCount),
      ],
    },
  },
};

const templateGeneration = ({ metadata }: DaemonSet): number => Number(metadata.annotations?.[TEMPLATE_GENERATION] ?? 0) || 0;
function setTemplateGeneration({ metadata }: DaemonSet, generation: number): void {
  metadata.annotations = { ...metadata.annotations, [TEMPLATE_GENERATION]: String(generation) };
}

function validateDaemonSetSpec(spec: DaemonSetSpec, path: string): Causes {
  const { selector, template } = spec;
  const matches = !isReadable(selector) || selectorOf(selector ?? undefined).matches(template.metadata.labels ?? {});
  return [
    ...validateLabelSelector(selector, `${path}.selector`),
    ...(matches
      ? []
      : [
          invalid(`${path}.template.metadata.labels`, sortedKeys(asHeld(template.metadata, 'labels') as object), '`selector` does not match template `labels`'),
        ]),
    ...(selector && isEmptySelector(selector) ? [invalid(`${path}.selector`, selector, 'empty selector is invalid for daemonset')] : []),
    ...validatePodTemplateSpec(template, `${path}.template`),
    ...supported(`${path}.template.spec.restartPolicy`, template.spec.restartPolicy, ['Always']),
    ...validateNoDeadline(template.spec.activeDeadlineSeconds, `${path}.template`, 'activeDeadlineSeconds in DaemonSet is not Supported'),
    ...nonNegative(`${path}.minReadySeconds`, spec.minReadySeconds),
    ...validateUpdateStrategy(spec.updateStrategy, `${path}.updateStrategy`),
    ...nonNegative(`${path}.revisionHistoryLimit`, spec.revisionHistoryLimit),
  ];
}

function validateUpdateStrategy(update: DaemonSetUpdateStrategy, path: string): Causes {
  if (update.type === 'OnDelete') return [];
  if (update.type !== 'RollingUpdate') return [notSupported(path, goStruct(update, DaemonSetUpdateStrategy), ['RollingUpdate', 'OnDelete'])];
  return update.rollingUpdate ? validateRollingUpdate(update.rollingUpdate, `${path}.rollingUpdate`) : [required(`${path}.rollingUpdate`)];
}

function validateRollingUpdate({ maxUnavailable, maxSurge }: RollingUpdateDaemonSet, path: string): Causes {
  return [
    ...positiveIntOrPercent(`${path}.maxUnavailable`, maxUnavailable),
    ...positiveIntOrPercent(`${path}.maxSurge`, maxSurge),
    ...notMoreThan100Percent(`${path}.maxUnavailable`, maxUnavailable),
    ...notMoreThan100Percent(`${path}.maxSurge`, maxSurge),
    ...exactlyOne(intOrPercent(maxUnavailable), intOrPercent(maxSurge), maxSurge, path),
  ];
}

function exactlyOne(unavailable: number, surge: number, maxSurge: RollingUpdateDaemonSet['maxSurge'], path: string): Causes {
  if (unavailable !== 0 && surge !== 0) return [invalid(`${path}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero')];
  if (unavailable === 0 && surge === 0) return [required(`${path}.maxUnavailable`, 'cannot be 0 when maxSurge is 0')];
  return [];
}
