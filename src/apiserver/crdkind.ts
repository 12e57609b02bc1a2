/** The kinds that an established CustomResourceDefinition serves, each seeing what is stored, in whatever version it was stored, in its own. */
import type { CustomResourceDefinition } from '../api/apiextensions/types/customresourcedefinition.js';
import type { Kind } from '../api/kind.js';
import { fromWire } from '../apimachinery/walk.js';
import type { Server } from './context.js';
import { kindOfCrd, type CustomStrategy } from './crd/index.js';

/** One for each version that is served; [] before the names are accepted. */
export function kindsOf(definition: CustomResourceDefinition, server: Server): Kind[] {
  const { spec, status } = definition;
  if (!(status.conditions ?? []).some(({ type, status: held }) => type === 'Established' && held === 'True')) return [];
  const stored = spec.versions.find(({ storage }) => storage)?.name;
  const kinds = spec.versions.map(({ name }) => kindOfCrd(definition, name));
  const served = kinds.filter(({ version }) => spec.versions.some(({ name, served: on }) => name === version && on));
  if (stored === undefined || kinds.length === 1) return served;
  const coerce =
    (version: string) =>
    async (object: any): Promise<any> => {
      const strategy = (await kinds.find((kind) => kind.version === version)!.strategy()) as CustomStrategy;
      const { object: pruned } = fromWire<any>(strategy.node, object);
      strategy.defaults?.(pruned);
      return pruned;
    };
  return served.map((kind) => ({
    ...kind,
    storedAs: {
      group: spec.group,
      version: stored,
      convert: async () => (await import('./crd/conversion.js')).conversionOf(server, definition, kind.version, stored, coerce),
    },
  }));
}
