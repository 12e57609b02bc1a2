/**
 * Which names of a CustomResourceDefinition are accepted, and its conditions:
 * a pure function of the definition and of the names already in use in its group.
 */
import { approvalOf, isProtectedGroup, type Approval } from '../../api/apiextensions/validation/approval.js';
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionCondition,
  CustomResourceDefinitionNames,
} from '../../api/apiextensions/types/customresourcedefinition.js';

export interface NamesInUse {
  /** Plurals, singulars and short names. */
  resources: ReadonlySet<string>;
  /** Kinds and list kinds. */
  kinds: ReadonlySet<string>;
}

/** The names that others have been granted in the group; the definition's own are not among them. */
export function namesInUse(definitions: readonly CustomResourceDefinition[], self: CustomResourceDefinition): NamesInUse {
  const resources = new Set<string>();
  const kinds = new Set<string>();
  for (const { spec, status, metadata } of definitions) {
    if (spec.group !== self.spec.group || metadata.name === self.metadata.name) continue;
    const { plural, singular = '', shortNames = [], kind, listKind = '' } = status.acceptedNames;
    for (const name of [plural, singular, ...shortNames]) resources.add(name);
    for (const name of [kind, listKind]) kinds.add(name);
  }
  return { resources, kinds };
}

export interface NamesDecision {
  acceptedNames: CustomResourceDefinitionNames;
  conditions: CustomResourceDefinitionCondition[];
}

/** `time` stands in conditions whose status changes. */
export function decideNames(definition: CustomResourceDefinition, inUse: NamesInUse, time: string): NamesDecision {
  const { acceptedNames, conflict } = accept(definition, inUse);
  const accepted =
    conflict === undefined
      ? { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' }
      : { type: 'NamesAccepted', status: 'False', ...conflict };
  const before = definition.status.conditions ?? [];
  const was = before.find(({ type }) => type === 'Established')?.status === 'True';
  const established =
    conflict === undefined || was
      ? { type: 'Established', status: 'True', reason: 'InitialNamesAccepted', message: 'the initial names have been accepted' }
      : { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' };
  const told = [...approvalCondition(definition), accepted, established];
  return { acceptedNames, conditions: told.reduce((conditions, next) => setCondition(conditions, next, time), [...before]) };
}

const APPROVALS: Readonly<Record<Approval['state'], readonly [status: string, reason: string]>> = {
  missing: ['False', 'MissingAnnotation'],
  invalid: ['False', 'InvalidAnnotation'],
  approved: ['True', 'ApprovedAnnotation'],
  bypassed: ['False', 'UnapprovedAnnotation'],
};

function approvalCondition(definition: CustomResourceDefinition): { type: string; status: string; reason: string; message: string }[] {
  if (!isProtectedGroup(definition.spec.group)) return [];
  const { state, reason: message } = approvalOf(definition);
  const [status, reason] = APPROVALS[state];
  return [{ type: 'KubernetesAPIApprovalPolicyConformant', status, reason, message }];
}

/** Conditions with one set: its time moves only when its status does. */
export function setCondition(
  conditions: readonly CustomResourceDefinitionCondition[],
  next: Omit<CustomResourceDefinitionCondition, 'lastTransitionTime'>,
  time: string,
): CustomResourceDefinitionCondition[] {
  const at = conditions.findIndex(({ type }) => type === next.type);
  const before = conditions[at];
  const lastTransitionTime = before?.status === next.status ? (before.lastTransitionTime ?? time) : time;
  const { type, status, ...rest } = next;
  const condition = { type, status, lastTransitionTime, ...rest };
  return before === undefined ? [...conditions, condition] : conditions.with(at, condition);
}

interface Conflict {
  reason: string;
  message: string;
}

/** Each name by itself: those that are free are granted, the others stay as they were. */
function accept(
  { spec, status }: CustomResourceDefinition,
  { resources, kinds }: NamesInUse,
): { acceptedNames: CustomResourceDefinitionNames; conflict: Conflict | undefined } {
  const { plural, singular = '', shortNames = [], kind, listKind = '', categories } = spec.names;
  const granted = status?.acceptedNames ?? { plural: '', kind: '' };
  const acceptedNames: CustomResourceDefinitionNames = { ...granted };
  let conflict: Conflict | undefined;
  // As Kubernetes does: the last conflict is the one that is told.
  const consider = (taken: readonly string[], reason: string, grant: () => void) => {
    if (taken.length === 0) grant();
    else conflict = { reason, message: taken.length === 1 ? inUse(taken[0]!) : `[${taken.map(inUse).join(', ')}]` };
  };
  const inUse = (name: string) => `${JSON.stringify(name)} is already in use`;
  const takenOf = (names: readonly string[], used: ReadonlySet<string>) => names.filter((name) => name !== '' && used.has(name));
  consider(takenOf([plural], resources), 'PluralConflict', () => {
    acceptedNames.plural = plural;
  });
  consider(takenOf([singular], resources), 'SingularConflict', () => {
    if (singular !== '') acceptedNames.singular = singular;
    else delete acceptedNames.singular;
  });
  consider(takenOf(shortNames, resources), 'ShortNamesConflict', () => {
    if (shortNames.length > 0) acceptedNames.shortNames = shortNames;
    else delete acceptedNames.shortNames;
  });
  consider(takenOf([kind], kinds), 'KindConflict', () => {
    acceptedNames.kind = kind;
  });
  consider(takenOf([listKind], kinds), 'ListKindConflict', () => {
    if (listKind !== '') acceptedNames.listKind = listKind;
    else delete acceptedNames.listKind;
  });
  if (categories !== undefined) acceptedNames.categories = categories;
  else delete acceptedNames.categories;
  return { acceptedNames, conflict };
}
