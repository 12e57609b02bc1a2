/** LimitRanger: containers get a namespace's default requests and limits, and stay within its bounds. */
import { parseQuantity, type Quantity } from '../../apimachinery/quantity.js';
import { aggregateContainers } from '../../api/core/resources.js';
import { whenThere, type Soon } from '../../platform/soon.js';
import { isPod, isResource, readAll, refused, type AdmissionPlugin, type AdmissionRequest } from './plugin.js';

const ANNOTATION = 'kubernetes.io/limit-ranger';

type Amounts = Readonly<Record<string, string>>;
interface Item {
  type: string;
  min?: Amounts;
  max?: Amounts;
  default?: Amounts;
  defaultRequest?: Amounts;
  maxLimitRequestRatio?: Amounts;
}

export const limitRanger: AdmissionPlugin = {
  name: 'LimitRanger',
  handles: (request) =>
    (isPod(request) && request.operation === 'CREATE') ||
    (isResource(request, '', 'persistentvolumeclaims') && (request.operation === 'CREATE' || request.operation === 'UPDATE')),
  admit(request) {
    if (!isPod(request)) return;
    return whenThere(ranges(request), (found) => {
      for (const range of found) fillDefaults(request.object, range.spec.limits ?? []);
    });
  },
  validate(request) {
    return whenThere(ranges(request), (found) => {
      for (const range of found) keepWithin(request, range.spec.limits ?? []);
    });
  },
};

function keepWithin(request: AdmissionRequest, limits: readonly Item[]): void {
  const { spec } = request.object;
  const errors = isPod(request) ? podErrors(spec, limits) : claimErrors(spec, limits);
  if (errors.length > 0) throw refused(request, errors.length === 1 ? errors[0]! : `[${errors.join(', ')}]`);
}

const ranges = ({ server, namespace }: AdmissionRequest): Soon<readonly any[]> => readAll(server, '', 'limitranges', namespace);

function fillDefaults(pod: any, items: readonly Item[]): void {
  const limits: Record<string, string> = {};
  const requests: Record<string, string> = {};
  for (const item of items) {
    if (item.type !== 'Container') continue;
    Object.assign(limits, item.default);
    Object.assign(requests, item.defaultRequest);
  }
  const notes: string[] = [];
  for (const [list, word] of [
    [pod.spec.initContainers, 'init container'],
    [pod.spec.containers, 'container'],
  ] as const) {
    for (const container of list ?? []) notes.push(...fillContainer(container, word, { limits, requests }));
  }
  if (notes.length === 0) return;
  pod.metadata.annotations = { ...pod.metadata.annotations, [ANNOTATION]: `LimitRanger plugin set: ${notes.join('; ')}` };
}

function fillContainer(container: any, word: string, defaults: { limits: Amounts; requests: Amounts }): string[] {
  const resources = (container.resources ??= {});
  const notes: string[] = [];
  for (const [part, one] of [
    ['requests', 'request'],
    ['limits', 'limit'],
  ] as const) {
    const missing = Object.keys(defaults[part])
      .filter((name) => resources[part]?.[name] === undefined)
      .sort();
    if (missing.length === 0) continue;
    resources[part] = { ...resources[part], ...Object.fromEntries(missing.map((name) => [name, defaults[part][name]!])) };
    notes.push(`${missing.join(', ')} ${one} for ${word} ${container.name}`);
  }
  return notes;
}

function podErrors(spec: any, items: readonly Item[]): string[] {
  return items.flatMap((item) => {
    if (item.type === 'Container') {
      return [...(spec.containers ?? []), ...(spec.initContainers ?? [])].flatMap((container: any) =>
        bounds(item, container.resources?.requests ?? {}, container.resources?.limits ?? {}),
      );
    }
    return item.type === 'Pod' ? bounds(item, aggregateContainers(spec, 'requests'), aggregateContainers(spec, 'limits')) : [];
  });
}

function bounds({ type, min = {}, max = {}, maxLimitRequestRatio = {} }: Item, requests: Amounts, limits: Amounts): string[] {
  const told = (list: Amounts, check: (name: string, bound: Quantity, text: string) => string) =>
    Object.entries(list)
      .map(([name, text]) => check(name, parseQuantity(text), text))
      .filter((message) => message !== '');
  return [
    ...told(min, (name, bound, text) => {
      const head = `minimum ${name} usage per ${type} is ${text}`;
      if (requests[name] === undefined) return `${head}.  No request is specified`;
      if (parseQuantity(requests[name]).cmp(bound) < 0) return `${head}, but request is ${requests[name]}`;
      return limits[name] !== undefined && parseQuantity(limits[name]).cmp(bound) < 0 ? `${head}, but limit is ${limits[name]}` : '';
    }),
    ...told(max, (name, bound, text) => {
      const head = `maximum ${name} usage per ${type} is ${text}`;
      if (limits[name] === undefined) return `${head}.  No limit is specified`;
      if (parseQuantity(limits[name]).cmp(bound) > 0) return `${head}, but limit is ${limits[name]}`;
      return requests[name] !== undefined && parseQuantity(requests[name]).cmp(bound) > 0 ? `${head}, but request is ${requests[name]}` : '';
    }),
    ...told(maxLimitRequestRatio, (name, bound, text) => {
      const head = `${name} max limit to request ratio per ${type} is ${text}`;
      const request = requests[name] === undefined ? 0n : parseQuantity(requests[name]).milliValue();
      const limit = limits[name] === undefined ? 0n : parseQuantity(limits[name]).milliValue();
      if (request === 0n) return `${head}, but no request is specified or request is 0`;
      if (limit === 0n) return `${head}, but no limit is specified or limit is 0`;
      const ratio = Number(limit) / Number(request);
      return ratio > Number(bound.milliValue()) / 1000 ? `${head}, but provided ratio is ${ratio.toFixed(6)}` : '';
    }),
  ];
}

function claimErrors(spec: any, items: readonly Item[]): string[] {
  const request: string | undefined = spec.resources?.requests?.storage;
  return items
    .filter(({ type }) => type === 'PersistentVolumeClaim')
    .flatMap(({ type, min, max }) => {
      const errors: string[] = [];
      const check = (bound: string | undefined, word: 'minimum' | 'maximum', sign: number): void => {
        if (bound === undefined) return;
        if (request === undefined) errors.push(`${word} storage usage per ${type} is ${bound}.  No request is specified`);
        else if (parseQuantity(request).cmp(parseQuantity(bound)) * sign > 0)
          errors.push(`${word} storage usage per ${type} is ${bound}, but request is ${request}`);
      };
      check(min?.['storage'], 'minimum', -1);
      check(max?.['storage'], 'maximum', 1);
      return errors;
    });
}
