/**
 * Rules on writing RuntimeClasses: the handler never changes.
 */
import { dns1123Label, validateLabels } from '../../../apimachinery/names.js';
import { duplicate } from '../../../apimachinery/fielderror.js';
import { isDeepStrictEqual } from 'node:util';
import { complaints, goStruct, immutable, required, type Causes } from '../../apps/validation/rules.js';
import { Toleration } from '../../core/types/reference.js';
import { validateOverhead } from '../../core/validation/resources.js';
import { validateTolerations } from '../../core/validation/podspecparts.js';
import type { Strategy } from '../../kind.js';
import { RuntimeClass } from '../types/runtimeclass.js';
import type { Scheduling } from '../types/runtimeclass.js';

export const strategy: Strategy<RuntimeClass> = {
  schema: RuntimeClass,
  validate: validateRuntimeClass,
  validateUpdate: (next, previous) => immutable('handler', next.handler, previous.handler),
};

function validateRuntimeClass({ handler, overhead, scheduling }: RuntimeClass): Causes {
  return [
    ...(handler === '' ? [required('handler')] : complaints('handler', handler, dns1123Label(handler))),
    ...(overhead ? validateOverhead(overhead.podFixed, 'overhead.podFixed') : []),
    ...(scheduling ? validateScheduling(scheduling, 'scheduling') : []),
  ];
}

function validateScheduling({ nodeSelector, tolerations = [] }: Scheduling, path: string): Causes {
  return [
    ...validateLabels(nodeSelector, `${path}.nodeSelector`),
    ...tolerations.flatMap((toleration, index) => [
      ...validateTolerations([toleration], '').map((cause) => ({ ...cause, field: `${path}.tolerations[${index}]${cause.field.replace('[0]', '')}` })),
      ...(tolerations.findIndex((other) => isDeepStrictEqual(other, toleration)) < index
        ? [duplicate(`${path}.tolerations[${index}]`, goStruct(toleration, Toleration))]
        : []),
    ]),
  ];
}
