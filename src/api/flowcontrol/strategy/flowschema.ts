/**
 * Rules on writing FlowSchemas: precedence, subjects and the requests they
 * match.
 */
import { invalid, notSupported, required, type Causes } from '../../../apimachinery/fielderror.js';
import { dns1123Label, dns1123Subdomain } from '../../../apimachinery/names.js';
import { complaints, forbidden, goStruct } from '../../apps/validation/rules.js';
import { keepMetadata } from '../../apps/strategy/statusmetadata.js';
import type { Strategy } from '../../kind.js';
import { FlowDistinguisherMethod, FlowSchema } from '../types/flowschema.js';
import { validateFixedSchema, validateFlowConditions } from './mandatory.js';
import type { FlowSchemaSpec, NonResourcePolicyRule, PolicyRulesWithSubjects, ResourcePolicyRule, Subject } from '../types/flowschema.js';

const PRECEDENCE = 1000;
const PRECEDENCE_MAX = 10_000;
const EACH_NAMESPACE = "each member of this list must be '*' or a DNS-1123 label; ";
const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch'];

export const strategy: Strategy<FlowSchema> = {
  schema: FlowSchema,
  defaults({ spec }) {
    spec.matchingPrecedence ||= PRECEDENCE;
  },
  validate: validateFlowSchema,
  validateUpdate: validateFlowSchema,
  subresources: {
    status: {
      prepareForUpdate(next, previous) {
        next.spec = previous.spec;
        keepMetadata(next, previous);
      },
      validateUpdate: ({ status }) => validateFlowConditions(status?.conditions),
    },
  },
};

function validateFlowSchema({ metadata: { name = '' }, spec, status }: FlowSchema): Causes {
  return [...validateSpec(spec, name, 'spec'), ...validateFixedSchema(spec, name, 'spec'), ...validateFlowConditions(status?.conditions)];
}

function validateSpec(spec: FlowSchemaSpec, name: string, path: string): Causes {
  const { matchingPrecedence, distinguisherMethod, priorityLevelConfiguration, rules = [] } = spec;
  return [
    ...validatePrecedence(matchingPrecedence, name, `${path}.matchingPrecedence`),
    ...(distinguisherMethod && !['ByNamespace', 'ByUser'].includes(distinguisherMethod.type)
      ? [notSupported(`${path}.distinguisherMethod.type`, goStruct(distinguisherMethod, FlowDistinguisherMethod), ['ByNamespace', 'ByUser'])]
      : []),
    ...(priorityLevelConfiguration.name === ''
      ? [required(`${path}.priorityLevelConfiguration.name`, 'must reference a priority level')]
      : complaints(`${path}.priorityLevelConfiguration.name`, priorityLevelConfiguration.name, dns1123Subdomain(priorityLevelConfiguration.name))),
    ...rules.flatMap((rule, index) => validateRule(rule, `${path}.rules[${index}]`)),
  ];
}

function validatePrecedence(precedence: number, name: string, path: string): Causes {
  if (precedence <= 0) return [invalid(path, precedence, 'must be a positive value')];
  if (precedence > PRECEDENCE_MAX) return [invalid(path, precedence, `must not be greater than ${PRECEDENCE_MAX}`)];
  return precedence === 1 && name !== 'exempt' ? [invalid(path, precedence, "only the schema named 'exempt' may have matchingPrecedence 1")] : [];
}

function validateRule({ subjects, resourceRules = [], nonResourceRules = [] }: PolicyRulesWithSubjects, path: string): Causes {
  const list = subjects ?? [];
  return [
    ...(list.length === 0
      ? [required(`${path}.subjects`, 'subjects must contain at least one value')]
      : list.flatMap((subject, index) => validateSubject(subject, `${path}.subjects[${index}]`))),
    ...(resourceRules.length + nonResourceRules.length === 0 ? [required(path, 'at least one of resourceRules and nonResourceRules has to be non-empty')] : []),
    ...resourceRules.flatMap((rule, index) => validateResourceRule(rule, `${path}.resourceRules[${index}]`)),
    ...nonResourceRules.flatMap((rule, index) => validateNonResourceRule(rule, `${path}.nonResourceRules[${index}]`)),
  ];
}

const SUBJECT_FIELDS = { ServiceAccount: 'serviceAccount', User: 'user', Group: 'group' } as const;

function validateSubject(subject: Subject, path: string): Causes {
  const field = SUBJECT_FIELDS[subject.kind as keyof typeof SUBJECT_FIELDS];
  if (field === undefined) return [notSupported(`${path}.kind`, subject.kind, ['Group', 'ServiceAccount', 'User'])];
  const others = Object.values(SUBJECT_FIELDS).filter((other) => other !== field && subject[other] !== undefined);
  const own =
    subject[field] === undefined
      ? [required(`${path}.${field}`, `${field} is required when subject kind is '${subject.kind}'`)]
      : validateNamed(subject, field, `${path}.${field}`);
  return [
    ...own,
    ...others.map((other) =>
      forbidden(
        `${path}.${other}`,
        `${other} is forbidden when subject kind is not '${Object.entries(SUBJECT_FIELDS).find(([, name]) => name === other)![0]}'`,
      ),
    ),
  ];
}

function validateNamed(subject: Subject, field: 'serviceAccount' | 'user' | 'group', path: string): Causes {
  const name = subject[field]!.name;
  if (field !== 'serviceAccount') return name === '' ? [required(`${path}.name`)] : [];
  const { namespace } = subject.serviceAccount!;
  return [
    ...(name === '' ? [required(`${path}.name`)] : name === '*' ? [] : complaints(`${path}.name`, name, dns1123Subdomain(name))),
    ...(namespace === ''
      ? [required(`${path}.namespace`, 'must specify namespace for service account')]
      : complaints(`${path}.namespace`, namespace, dns1123Label(namespace))),
  ];
}

function validateVerbs(verbs: readonly string[], path: string): Causes {
  if (verbs.length === 0) return [required(path, 'verbs must contain at least one value')];
  if (verbs.includes('*')) return verbs.length > 1 ? [invalid(path, verbs, "if '*' is present, must not specify other verbs")] : [];
  return verbs.every((verb) => VERBS.includes(verb)) ? [] : [notSupported(path, verbs, VERBS)];
}

function needsSome(values: readonly string[], path: string, [missing, plural]: readonly [string, string]): Causes {
  if (values.length === 0) return [required(path, missing)];
  return values.includes('*') && values.length > 1 ? [invalid(path, values, `if '*' is present, must not specify other ${plural}`)] : [];
}

function validateResourceRule({ verbs, apiGroups, resources, namespaces, clusterScope }: ResourcePolicyRule, path: string): Causes {
  const spaces = namespaces ?? [];
  const missing = 'resource rules that are not cluster scoped must supply at least one namespace';
  return [
    ...validateVerbs(verbs ?? [], `${path}.verbs`),
    ...needsSome(apiGroups ?? [], `${path}.apiGroups`, ['resource rules must supply at least one api group', 'api groups']),
    ...needsSome(resources ?? [], `${path}.resources`, ['resource rules must supply at least one resource', 'resources']),
    ...(spaces.length === 0 && clusterScope ? [] : needsSome(spaces, `${path}.namespaces`, [missing, 'namespaces'])),
    ...(spaces.includes('*')
      ? []
      : spaces.flatMap((namespace, index) =>
          complaints(
            `${path}.namespaces[${index}]`,
            namespace,
            dns1123Label(namespace).map((message) => EACH_NAMESPACE + message),
          ),
        )),
  ];
}

function validateNonResourceRule({ verbs, nonResourceURLs }: NonResourcePolicyRule, path: string): Causes {
  const urls = nonResourceURLs ?? [];
  const some = needsSome(urls, `${path}.nonResourceURLs`, ['nonResourceURLs must contain at least one value', 'non-resource URLs']);
  return [
    ...validateVerbs(verbs ?? [], `${path}.verbs`),
    ...some,
    ...(urls.includes('*') ? [] : urls.flatMap((url, index) => validateUrl(url, `${path}.nonResourceURLs[${index}]`))),
  ];
}

function validateUrl(url: string, path: string): Causes {
  if (url === '') return [invalid(path, url, 'must not be empty')];
  if (url === '/') return [];
  if (!url.startsWith('/')) return [invalid(path, url, 'must start with slash')];
  if (url.includes(' ')) return [invalid(path, url, 'must not contain white-space')];
  if (url.includes('//')) return [invalid(path, url, 'must not contain double slash')];
  const star = url.indexOf('*');
  return star >= 0 && !(star === url.length - 1 && url.endsWith('/*')) ? [invalid(path, url, 'wildcard can only do suffix matching')] : [];
}
