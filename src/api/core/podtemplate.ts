/** Pod templates on their own. */
import { defineKind } from '../define.js';
import { column, containerImages, containerNames, formatMap, nameColumn } from '../columns.js';
import type { PodTemplate as PodTemplateType } from './types/podtemplate.js';

export type PodTemplate = PodTemplateType;

export const PodTemplate = defineKind<PodTemplateType>({
  group: '',
  version: 'v1',
  kind: 'PodTemplate',
  plural: 'podtemplates',
  columns: [
    nameColumn,
    column('Containers', ({ template }) => containerNames(template)),
    column('Images', ({ template }) => containerImages(template)),
    column('Pod Labels', ({ template }) => formatMap(template.metadata?.labels)),
  ],
  strategy: async () => (await import('./strategy/podtemplate.js')).strategy,
});
