/** The kinds that an established CustomResourceDefinition serves, each seeing what is stored in the definition's storage version. */
import type { CustomResourceDefinition } from '../api/apiextensions/types/customresourcedefinition.js';
import type { Kind } from '../api/kind.js';
import type { KubeObject } from '../apimachinery/object.js';
import { kindOfCrd } from './crd/index.js';

/** One for each version that is served; [] before the names are accepted. */
export function kindsOf(definition: CustomResourceDefinition): Kind[] {
  const { spec, status } = definition;
  if (!(status.conditions ?? []).some(({ type, status: held }) => type === 'Established' && held === 'True')) return [];
  const stored = spec.versions.find(({ storage }) => storage)?.name;
  return spec.versions.filter(({ served }) => served).map(({ name }) => {
    const kind = kindOfCrd(definition, name);
    if (stored === undefined || stored === name) return kind;
    const as = (version: string) => (object: KubeObject): KubeObject => ({ ...object, apiVersion: `${spec.group}/${version}` });
    return { ...kind, storedAs: { group: spec.group, version: stored, convert: async () => ({ toStored: as(stored), fromStored: as(name) }) } };
  });
}
