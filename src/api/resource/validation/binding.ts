/**
 * Conditions that a device must reach before its pod is bound, and those that
 * say it never will: both or neither, each told once.
 */
import { duplicate, invalid, type Causes } from '../../../apimachinery/fielderror.js';
import { validateList } from './lists.js';
import { validateLabelName } from './names.js';

const CONDITIONS_MAX = 4;

interface Binding {
  bindingConditions: readonly string[] | undefined;
  bindingFailureConditions: readonly string[] | undefined;
}

export function validateBinding({ bindingConditions, bindingFailureConditions }: Binding, path: string): Causes {
  const [awaited, failed] = [bindingConditions ?? [], bindingFailureConditions ?? []];
  const [awaitedPath, failedPath] = [`${path}.bindingConditions`, `${path}.bindingFailureConditions`];
  return [
    ...validateList(awaited, awaitedPath, CONDITIONS_MAX, validateLabelName),
    ...validateList(failed, failedPath, CONDITIONS_MAX, validateLabelName),
    ...awaited.flatMap((name, at) => (awaited.indexOf(name) < at ? [duplicate(`${awaitedPath}[${at}]`, name)] : [])),
    ...failed.flatMap((name, at) => [
      ...(failed.indexOf(name) < at ? [duplicate(`${failedPath}[${at}]`, name)] : []),
      ...(awaited.includes(name) ? [invalid(`${failedPath}[${at}]`, name, 'bindingFailureConditions must not overlap with bindingConditions')] : []),
    ]),
    ...(awaited.length === 0 && failed.length > 0
      ? [invalid(awaitedPath, bindingConditions ?? null, 'bindingConditions are required to use bindingFailureConditions')]
      : []),
    ...(failed.length === 0 && awaited.length > 0
      ? [invalid(failedPath, bindingFailureConditions ?? null, 'bindingFailureConditions are required to use bindingConditions')]
      : []),
  ];
}
