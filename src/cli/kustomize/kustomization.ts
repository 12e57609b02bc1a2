/** The kustomization file: read strictly, its old fields told of, and the words for what cannot be. */
import { parseYaml } from '../../apimachinery/yamlread.js';
import { CliError } from '../command.js';
import type { FieldSpec } from './fields.js';
import type { Folder } from './folder.js';
import type { SortOptions } from './order.js';
import type { Selector } from './resources.js';

export interface GeneratorOptions {
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  disableNameSuffixHash?: boolean;
  immutable?: boolean;
}

export interface DataGenerator {
  name?: string;
  namespace?: string;
  behavior?: string;
  files?: string[];
  literals?: string[];
  envs?: string[];
  env?: string;
  type?: string;
  options?: GeneratorOptions;
}

export interface Patch {
  path?: string;
  patch?: string;
  target?: Selector;
  options?: { allowNameChange?: boolean; allowKindChange?: boolean };
}

export interface FieldOptions {
  delimiter?: string;
  index?: number;
  encoding?: string;
  create?: boolean;
}

export interface Replacement {
  path?: string;
  source?: Selector & { fieldPath?: string; options?: FieldOptions };
  sourceValue?: string;
  targets?: { select?: Selector; reject?: Selector[]; fieldPaths?: string[]; options?: FieldOptions }[];
}

export interface Kustomization {
  apiVersion?: string;
  kind?: string;
  resources?: string[];
  bases?: string[];
  components?: string[];
  namePrefix?: string;
  nameSuffix?: string;
  namespace?: string;
  commonLabels?: Record<string, string>;
  commonAnnotations?: Record<string, string>;
  labels?: { pairs?: Record<string, string>; includeSelectors?: boolean; includeTemplates?: boolean; fields?: FieldSpec[] }[];
  patches?: Patch[];
  patchesStrategicMerge?: string[];
  patchesJson6902?: Patch[];
  images?: { name: string; newName?: string; newTag?: string; tagSuffix?: string; digest?: string }[];
  imageTags?: Kustomization['images'];
  replicas?: { name: string; count: number }[];
  replacements?: Replacement[];
  configMapGenerator?: DataGenerator[];
  secretGenerator?: DataGenerator[];
  generatorOptions?: GeneratorOptions;
  sortOptions?: SortOptions;
}

const OPTIONS: Known = { labels: true, annotations: true, disableNameSuffixHash: true, immutable: true };
const DATA: Known = { name: true, namespace: true, behavior: true, files: true, literals: true, envs: true, env: true, options: OPTIONS };
const GVK: Known = { group: true, version: true, kind: true, name: true, namespace: true };
const SELECTOR: Known = { ...GVK, labelSelector: true, annotationSelector: true };
const PATCH: Known = { path: true, patch: true, target: SELECTOR, options: true };
const FIELD_OPTIONS: Known = { delimiter: true, index: true, encoding: true, create: true };
const FIELD: Known = { path: true, group: true, version: true, kind: true, create: true };

/** Every field there is; `true`: whatever is in it. Lists are described by their items. */
const FIELDS: Known = {
  apiVersion: true,
  kind: true,
  metadata: true,
  resources: true,
  bases: true,
  components: true,
  crds: true,
  namePrefix: true,
  nameSuffix: true,
  namespace: true,
  commonLabels: true,
  commonAnnotations: true,
  labels: { pairs: true, includeSelectors: true, includeTemplates: true, fields: FIELD },
  patches: PATCH,
  patchesStrategicMerge: true,
  patchesJson6902: PATCH,
  images: { name: true, newName: true, newTag: true, tagSuffix: true, digest: true },
  imageTags: { name: true, newName: true, newTag: true, tagSuffix: true, digest: true },
  replicas: { name: true, count: true },
  replacements: {
    path: true,
    sourceValue: true,
    source: { ...GVK, fieldPath: true, options: FIELD_OPTIONS },
    targets: { select: SELECTOR, reject: SELECTOR, fieldPaths: true, options: FIELD_OPTIONS },
  },
  vars: true,
  configMapGenerator: DATA,
  secretGenerator: { ...DATA, type: true },
  generatorOptions: OPTIONS,
  configurations: true,
  generators: true,
  transformers: true,
  validators: true,
  helmGlobals: true,
  helmCharts: true,
  helmChartInflationGenerator: true,
  inventory: true,
  openapi: true,
  buildMetadata: true,
  sortOptions: { order: true, legacySortOptions: { orderFirst: true, orderLast: true } },
};

interface Known {
  readonly [field: string]: true | Known;
}

/** What we do not do; better said than left out silently. */
const NOT_DONE = [
  'crds',
  'vars',
  'configurations',
  'generators',
  'transformers',
  'validators',
  'helmChartInflationGenerator',
  'openapi',
  'buildMetadata',
] as const;

/** `warn`: told of old fields, one line each. */
export function readKustomization(folder: Folder, warn: (line: string) => void): Kustomization {
  const { text, file } = folder.kustomization();
  let data: any;
  try {
    data = parseYaml(text);
  } catch (error) {
    throw new CliError(`invalid Kustomization: ${(error as Error).message.replace(/^yaml: /, 'error converting YAML to JSON: yaml: ')}`);
  }
  if (data === null || data === undefined || (typeof data === 'object' && Object.keys(data).length === 0)) throw new CliError(`${file} is empty`);
  if (typeof data !== 'object' || Array.isArray(data))
    throw new CliError(
      `invalid Kustomization: json: cannot unmarshal ${Array.isArray(data) ? 'array' : typeof data} into Go value of type types.Kustomization`,
    );
  checkFields(data, FIELDS);
  for (const field of NOT_DONE)
    if (data[field] !== undefined) throw new CliError(`kustomize: ${JSON.stringify(field)} in ${folder.path}/${file} is not supported`);
  if (data.helmCharts !== undefined) throw new CliError('trouble configuring builtin HelmChartInflationGenerator: must specify --enable-helm');
  warnOfOld(data, warn);
  checkKind(data, folder);
  const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, ...rest } = data;
  if (Object.keys(rest).length === 0) throw new CliError('kustomization.yaml is empty');
  return data as Kustomization;
}

function checkFields(value: any, known: Known): void {
  if (Array.isArray(value)) return value.forEach((item) => checkFields(item, known));
  if (value === null || typeof value !== 'object') return;
  for (const field of Object.keys(value).sort()) {
    const inside = known[field];
    if (inside === undefined) throw new CliError(`invalid Kustomization: json: unknown field ${JSON.stringify(field)}`);
    if (inside !== true) checkFields(value[field], inside);
  }
}

function warnOfOld(data: any, warn: (line: string) => void): void {
  const old: readonly [string, string][] = [
    ['bases', 'resources'],
    ['commonLabels', 'labels'],
    ['imageTags', 'images'],
    ['patchesJson6902', 'patches'],
    ['patchesStrategicMerge', 'patches'],
  ];
  for (const [field, instead] of old) {
    if (data[field] !== undefined && data[field] !== null)
      warn(`# Warning: '${field}' is deprecated. Please use '${instead}' instead. Run 'kustomize edit fix' to update your Kustomization automatically.`);
  }
}

function checkKind({ apiVersion, kind }: any, folder: Folder): void {
  const wrong: string[] = [];
  if (kind !== undefined && kind !== '' && kind !== 'Kustomization' && kind !== 'Component') wrong.push('kind should be Kustomization or Component');
  const wanted = kind === 'Component' ? 'kustomize.config.k8s.io/v1alpha1' : 'kustomize.config.k8s.io/v1beta1';
  if (apiVersion !== undefined && apiVersion !== '' && apiVersion !== wanted && !(kind !== 'Component' && apiVersion === 'kustomize.config.k8s.io/v1'))
    wrong.push(`apiVersion for ${kind === undefined || kind === '' ? 'Kustomization' : kind} should be ${wanted}`);
  if (wrong.length > 0) throw new CliError(`Failed to read kustomization file under ${folder.path}:\n${wrong.join('\n')}`);
}
