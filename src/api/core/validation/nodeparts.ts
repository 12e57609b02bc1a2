/** Rules of a node's taints, and of its older parts: annotations that once held its taints, and the configuration it once took from a config map. */
import { duplicate, forbidden, invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import { configMapKey, dns1123Label, labelValue } from '../../../apimachinery/names.js';
import { typeNodeOf } from '../../../apimachinery/compile.js';
import { goInternal } from '../../internal.js';
import { NodeConfigSource, type ConfigMapNodeConfigSource, type Node } from '../types/node.js';
import { Taint } from '../types/reference.js';
import { readAnnotation } from './annotationjson.js';
import { invalidEach, qualified, requiredWord, subdomain, withDetail } from './complaints.js';
import { TAINT_EFFECTS } from './podspecparts.js';

const TAINTS = 'scheduler.alpha.kubernetes.io/taints';
const AVOID_PODS = 'scheduler.alpha.kubernetes.io/preferAvoidPods';
const FIELD = 'metadata.annotations';

export function validateNodeAnnotations(annotations: Readonly<Record<string, string>> | undefined): Causes {
  return [...taintsAnnotation(annotations?.[TAINTS] ?? ''), ...avoidPods(annotations?.[AVOID_PODS] ?? '')];
}

function taintsAnnotation(text: string): Causes {
  if (text === '') return [];
  const read = readAnnotation<Partial<Taint>>(text, '[]core.Taint');
  if ('error' in read) return [invalid(FIELD, TAINTS, read.error)];
  return taints(
    read.items.map(({ key = '', effect = '', ...rest }) => ({ key, effect, ...rest })),
    `${FIELD}.${TAINTS}`,
  );
}

interface AvoidPods {
  preferAvoidPods?: { podSignature?: { podController?: { controller?: boolean } } }[];
}

function avoidPods(text: string): Causes {
  if (text === '') return [];
  const read = readAnnotation<AvoidPods>(text, 'v1.AvoidPods');
  if ('error' in read) return [invalid(`${FIELD}.AvoidPods`, AVOID_PODS, read.error)];
  return (read.items[0]?.preferAvoidPods ?? []).flatMap(({ podSignature }, at) => {
    const field = `${FIELD}.${AVOID_PODS}[${at}].PodSignature`;
    if (podSignature?.podController === undefined) return [required(field)];
    return podSignature.podController.controller === true ? [] : [invalid(`${field}.PodController.Controller`, false, 'must point to a controller')];
  });
}

export function validateConfigSource({ spec, status }: Node): Causes {
  const told = status.config ?? {};
  return [
    ...(spec.configSource === undefined ? [] : configSource(spec.configSource, 'spec.configSource', wanted)),
    ...(['assigned', 'active', 'lastKnownGood'] as const).flatMap((name) =>
      told[name] === undefined ? [] : configSource(told[name], `status.config.${name}`, found),
    ),
  ];
}

type MapRule = (source: ConfigMapNodeConfigSource, field: string) => Causes;

function configSource(source: NodeConfigSource, field: string, rule: MapRule): Causes {
  if (source.configMap === undefined)
    return [invalid(field, goInternal(source, typeNodeOf(NodeConfigSource)), 'exactly one reference subfield must be non-nil')];
  return [...rule(source.configMap, `${field}.configMap`), ...configMap(source.configMap, `${field}.configMap`)];
}

const wanted: MapRule = ({ uid, resourceVersion }, field) => [
  ...(uid ? [forbidden(`${field}.uid`, 'uid must not be set in spec')] : []),
  ...(resourceVersion ? [forbidden(`${field}.resourceVersion`, 'resourceVersion must not be set in spec')] : []),
];

const found: MapRule = ({ uid, resourceVersion }, field) => [
  ...(uid ? [] : [required(`${field}.uid`)]),
  ...(resourceVersion ? [] : [required(`${field}.resourceVersion`)]),
];

function configMap({ namespace, name, kubeletConfigKey: key }: ConfigMapNodeConfigSource, field: string): Causes {
  return [
    ...(namespace === '' ? [required(`${field}.namespace`)] : invalidEach(`${field}.namespace`, namespace, dns1123Label(namespace))),
    ...(name === '' ? [required(`${field}.name`)] : subdomain(name, `${field}.name`)),
    ...(key === '' ? [required(`${field}.kubeletConfigKey`)] : invalidEach(`${field}.kubeletConfigKey`, key, configMapKey(key))),
  ];
}

/** As Kubernetes does: the path says metadata, though taints are part of the spec. */
export function taints(list: readonly Taint[] | undefined, path: string): Causes {
  const seen = new Set<string>();
  return (list ?? []).flatMap((taint, at) => {
    const field = `${path}[${at}]`;
    const { key, value = '', effect } = taint;
    const causes = qualified(key, `${field}.key`);
    const messages = labelValue(value);
    if (messages.length > 0) causes.push(invalid(`${field}.value`, value, messages.join(';')));
    causes.push(...requiredWord(effect, `${field}.effect`, TAINT_EFFECTS));
    if (seen.has(`${key}:${effect}`))
      causes.push(withDetail(duplicate(field, goInternal(taint, typeNodeOf(Taint))), 'taints must be unique by key and effect pair'));
    seen.add(`${key}:${effect}`);
    return causes;
  });
}
