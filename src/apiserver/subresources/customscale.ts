/** Where a custom resource keeps its replicas, as its definition's scale subresource says; undefined for built-in kinds. */
import type { Kind } from '../../api/kind.js';
import { internalError } from '../../apimachinery/status.js';

export interface ScalePaths {
  /** Where replicas are, name by name. */
  path: readonly string[];
  /** Throws where nobody said how many: reading needs a number, changing it does not. */
  requireReplicas(object: any): void;
  replicas(object: any): number;
  current(object: any): number;
  selector(object: any): string;
  setReplicas(object: any, replicas: number): void;
}

interface Declared {
  specReplicasPath: string;
  statusReplicasPath: string;
  labelSelectorPath?: string;
}

export function customScale(kind: Kind): ScalePaths | undefined {
  if (kind.custom === undefined) return undefined;
  const declared = (kind as Kind & { scale?: Declared }).scale;
  if (declared === undefined) return undefined;
  const number = (path: string) => (object: any) => Number(at(object, path) ?? 0);
  return {
    path: keysOf(declared.specReplicasPath),
    requireReplicas(object) {
      if ((at(object, declared.specReplicasPath) ?? null) === null)
        throw internalError(`the spec replicas field ${JSON.stringify(declared.specReplicasPath)} does not exist`);
    },
    replicas: number(declared.specReplicasPath),
    current: number(declared.statusReplicasPath),
    selector: (object) => (declared.labelSelectorPath === undefined ? '' : String(at(object, declared.labelSelectorPath) ?? '')),
    setReplicas(object, replicas) {
      const names = keysOf(declared.specReplicasPath);
      const parent = names.slice(0, -1).reduce((node, name) => (node[name] ??= {}), object);
      parent[names.at(-1)!] = replicas;
    },
  };
}

const keysOf = (path: string): string[] => path.split('.').filter((name) => name !== '');
const at = (object: any, path: string): unknown => keysOf(path).reduce((node, name) => node?.[name], object);
