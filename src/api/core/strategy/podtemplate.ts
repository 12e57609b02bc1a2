/** Rules of pod templates that stand on their own. */
import type { Strategy } from '../../kind.js';
import { defaultPodTemplateSpec } from '../defaults/podspec.js';
import { PodTemplate } from '../types/podtemplate.js';
import { semanticEqual } from '../validation/complaints.js';
import { validatePodTemplateSpec } from '../validation/podspec.js';
import { warningsForPodTemplate } from './podwarnings.js';

export const strategy: Strategy<PodTemplate> = {
  schema: PodTemplate,
  defaults: ({ template }) => defaultPodTemplateSpec(template),
  prepareForCreate(template) {
    template.metadata.generation = 1;
  },
  prepareForUpdate(next, previous) {
    const generation = previous.metadata.generation ?? 0;
    next.metadata.generation = semanticEqual(next.template, previous.template) ? generation : generation + 1;
  },
  validate: ({ template }) => validatePodTemplateSpec(template, 'template'),
  validateUpdate: ({ template }, _previous, _context, { changed } = { whole: [], changed: [] }) => [
    ...changed,
    ...validatePodTemplateSpec(template, 'template'),
  ],
  placesMetadata: true,
  warnings: ({ template }, previous) => (semanticEqual(template, previous?.template) ? [] : warningsForPodTemplate(template, 'template')),
  deleteReturnsObject: true,
  generation: (next, previous) => !semanticEqual(next.template, previous.template),
};
