/**
 * What the fields of built-in kinds mean, in sentences of our own, for
 * OpenAPI and `explain`. Loaded by whoever makes an OpenAPI document, and by
 * nobody else. Each group keeps its words as text: "Struct: what it is", then
 * a line "  field: what it means" for each field; "Struct < Other" takes what
 * it does not say from the other.
 */
import { admission } from './admission/descriptions.js';
import { admissionregistration } from './admissionregistration/descriptions.js';
import { apiextensions } from './apiextensions/descriptions.js';
import { apiregistration } from './apiregistration/descriptions.js';
import { apps } from './apps/descriptions.js';
import { authentication } from './authentication/descriptions.js';
import { authorization } from './authorization/descriptions.js';
import { autoscalingV1, autoscalingV2 } from './autoscaling/descriptions.js';
import { batch } from './batch/descriptions.js';
import { certificates } from './certificates/descriptions.js';
import { coordination } from './coordination/descriptions.js';
import { cluster } from './core/descriptions/cluster.js';
import { containers } from './core/descriptions/containers.js';
import { pods } from './core/descriptions/pods.js';
import { volumes } from './core/descriptions/volumes.js';
import { discovery } from './discovery/descriptions.js';
import { events } from './events/descriptions.js';
import { flowcontrol } from './flowcontrol/descriptions.js';
import { meta, NAMED, SHARED } from './meta/descriptions.js';
import { metrics } from './metrics/descriptions.js';
import { networking } from './networking/descriptions.js';
import { node } from './node/descriptions.js';
import { policy } from './policy/descriptions.js';
import { rbac } from './rbac/descriptions.js';
import { resource } from './resource/descriptions.js';
import { scheduling } from './scheduling/descriptions.js';
import { storage } from './storage/descriptions.js';

/** By Go's packages, as in "core/v1.Pod". */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  'admission/v1': [admission],
  'admissionregistration/v1': [admissionregistration],
  'apiextensions/v1': [apiextensions],
  'apiregistration/v1': [apiregistration],
  'apis/meta/v1': [meta],
  'apps/v1': [apps],
  'authentication/v1': [authentication],
  'authorization/v1': [authorization],
  'autoscaling/v1': [autoscalingV1],
  'autoscaling/v2': [autoscalingV2],
  'batch/v1': [batch],
  'certificates/v1': [certificates],
  'coordination/v1': [coordination],
  'core/v1': [pods, containers, volumes, cluster],
  'discovery/v1': [discovery],
  'events/v1': [events],
  'flowcontrol/v1': [flowcontrol],
  'metrics/v1beta1': [metrics],
  'networking/v1': [networking],
  'node/v1': [node],
  'policy/v1': [policy],
  'rbac/v1': [rbac],
  'resource/v1': [resource],
  'scheduling/v1': [scheduling],
  'storage/v1': [storage],
};

export interface Described {
  text: string;
  /** Named behind "<"; '' for none. */
  parent: string;
  fields: ReadonlyMap<string, string>;
}

const parsed = new Map<string, ReadonlyMap<string, Described>>();

/** Every struct of a package that has words. Throws for a line that is neither a struct nor a field. */
export function describedIn(goPackage: string): ReadonlyMap<string, Described> {
  let structs = parsed.get(goPackage);
  if (structs === undefined) parsed.set(goPackage, (structs = parse((TEXTS[goPackage] ?? []).join('\n'))));
  return structs;
}

export const describedPackages = (): readonly string[] => Object.keys(TEXTS);

/** What a struct is; '' where nobody says. */
export function structDescription(go: string): string {
  return describedIn(packageOf(go)).get(typeOf(go))?.text ?? '';
}

/** What a field of a struct means; '' where nobody says. */
export function fieldDescription(go: string, field: string): string {
  return ownWords(go, field) ?? sharedWords(typeOf(go), field) ?? '';
}

/** What a type without fields is, by Go's name without its package; '' where nobody says. */
export const namedDescription = (type: string): string => NAMED[type] ?? '';

/** What a kind's list is. */
export const listDescription = (kind: string): string => `A list of objects of the kind ${kind}.`;

function ownWords(go: string, field: string): string | undefined {
  const structs = describedIn(packageOf(go));
  for (let struct = structs.get(typeOf(go)); struct !== undefined; struct = structs.get(struct.parent)) {
    const words = struct.fields.get(field);
    if (words !== undefined) return words;
  }
  return undefined;
}

let shared: ReadonlyMap<string, Described> | undefined;

function sharedWords(type: string, field: string): string | undefined {
  shared ??= parse(SHARED);
  return (type.endsWith('Condition') ? shared.get('Condition')!.fields.get(field) : undefined) ?? shared.get('Any')!.fields.get(field);
}

const packageOf = (go: string): string => go.slice(0, go.lastIndexOf('.'));
const typeOf = (go: string): string => go.slice(go.lastIndexOf('.') + 1);

function parse(text: string): ReadonlyMap<string, Described> {
  const structs = new Map<string, Described>();
  let fields: Map<string, string> | undefined;
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const [, field, words] = /^ {2}(\S+): (.+)$/.exec(line) ?? [];
    const [, name, parent, about] = /^(\w+)(?: < (\w+))?: (.+)$/.exec(line) ?? [];
    if (field !== undefined && fields !== undefined) fields.set(field, words!);
    else if (name !== undefined) structs.set(name, { text: about!, parent: parent ?? '', fields: (fields = new Map<string, string>()) });
    else throw new Error(`neither a struct nor a field: ${line}`);
  }
  return structs;
}
