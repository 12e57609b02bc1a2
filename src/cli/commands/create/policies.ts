/** create namespace, serviceaccount, quota, poddisruptionbudget and priorityclass. */
import { canonicalQuantity } from '../../../apimachinery/quantity.js';
import { parseLabelSelector } from '../../../apimachinery/labels.js';
import { CliError, type Command } from '../../command.js';
import { oneName } from '../../writing.js';
import { core, createGenerated, GENERATE_FLAGS, grouped } from './generate.js';

export const namespace: Command = {
  name: 'namespace',
  aliases: ['ns'],
  summary: 'Create a namespace with the specified name',
  usage: 'NAME [--dry-run=server|client|none] [options]',
  flags: GENERATE_FLAGS,
  run: (context) =>
    createGenerated(context, {
      resource: core('namespaces', false),
      object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: oneName(context) }, spec: {}, status: {} },
    }),
};

export const serviceaccount: Command = {
  name: 'serviceaccount',
  aliases: ['sa'],
  summary: 'Create a service account with the specified name',
  usage: 'NAME [--dry-run=server|client|none] [options]',
  flags: GENERATE_FLAGS,
  run: (context) =>
    createGenerated(context, {
      resource: core('serviceaccounts'),
      object: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: oneName(context) } },
      failed: 'failed to create serviceaccount: ',
    }),
};

export const quota: Command = {
  name: 'quota',
  aliases: ['resourcequota'],
  summary: 'Create a quota with the specified name',
  usage: 'NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2] [--dry-run=server|client|none] [options]',
  flags: [
    ...GENERATE_FLAGS,
    { name: 'hard', type: 'string', description: 'A comma-delimited set of resource=quantity pairs that define a hard limit.' },
    { name: 'scopes', type: 'string', description: 'A comma-delimited set of quota scopes that must all match each object tracked by the quota.' },
  ],
  async run(context) {
    const { flags } = context;
    const name = oneName(context);
    const items = flags.string('hard') === '' ? [] : flags.string('hard').split(',');
    const given = quotaPairs(items);
    const hard = Object.fromEntries(Object.entries(given).map(([key, value]) => [key, canonicalQuantity(value)]));
    const scopes = flags.string('scopes') === '' ? [] : flags.string('scopes').split(',');
    if (scopes.includes('')) throw new CliError('invalid resource quota scope ""');
    const object = {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name },
      spec: { ...(items.length > 0 ? { hard } : {}), ...(scopes.length > 0 ? { scopes } : {}) },
      status: {},
    };
    await createGenerated(context, { resource: core('resourcequotas'), object, failed: 'failed to create quota: ' });
  },
};

function quotaPairs(items: readonly string[]): Record<string, string> {
  const wrong = items.find((item) => item.split('=').length !== 2);
  if (wrong !== undefined) throw new CliError(`Invalid argument syntax ${wrong}, expected <resource>=<value>`);
  return Object.fromEntries(items.map((item) => item.split('=') as [string, string]));
}

const number = (text: string): number | string => (/^[+-]?\d+$/.test(text) ? Number(text) : text);

export const poddisruptionbudget: Command = {
  name: 'poddisruptionbudget',
  aliases: ['pdb'],
  summary: 'Create a pod disruption budget with the specified name',
  usage: 'NAME --selector=SELECTOR --min-available=N [--dry-run=server|client|none] [options]',
  flags: [
    ...GENERATE_FLAGS,
    { name: 'max-unavailable', type: 'string', description: 'The maximum number or percentage of unavailable pods this budget requires.' },
    { name: 'min-available', type: 'string', description: 'The minimum number or percentage of available pods this budget requires.' },
    { name: 'selector', type: 'string', description: 'A label selector to use for this budget. Only equality-based selector requirements are supported.' },
  ],
  async run(context) {
    const { flags } = context;
    const name = oneName(context);
    const [selector, min, max] = ['selector', 'min-available', 'max-unavailable'].map((flag) => flags.string(flag)) as [string, string, string];
    if (selector === '') throw new CliError('a selector must be specified');
    if (min === '' && max === '') throw new CliError('one of min-available or max-unavailable must be specified');
    if (min !== '' && max !== '') throw new CliError('min-available and max-unavailable cannot be both specified');
    for (const [flag, text] of [
      ['min-available', min],
      ['max-unavailable', max],
    ] as const)
      if (text !== '' && !/^[0-9]+%?$/.test(text)) throw new CliError(`invalid format specified for ${flag}`);
    const spec = {
      ...(max === '' ? {} : { maxUnavailable: number(max) }),
      ...(min === '' ? {} : { minAvailable: number(min) }),
      selector: labelSelector(selector),
    };
    const object = {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name },
      spec,
      status: { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 },
    };
    await createGenerated(context, { resource: grouped('policy', 'v1', 'poddisruptionbudgets'), object, failed: 'failed to create poddisruptionbudgets: ' });
  },
};

/** A selector's text as the API writes it: equalities as matchLabels, the rest as expressions. */
export function labelSelector(text: string): object {
  const OPERATORS: Record<string, string> = { in: 'In', notin: 'NotIn', exists: 'Exists', '!': 'DoesNotExist' };
  const matchLabels: Record<string, string> = {};
  const matchExpressions: object[] = [];
  for (const { key, operator, values } of requirementsOf(text)) {
    if (operator === 'gt' || operator === 'lt') throw new CliError(`${JSON.stringify(operator)} isn't supported in label selectors`);
    if (operator === '=' || operator === '==') matchLabels[key] = [...values][0] ?? '';
    else if (OPERATORS[operator] === undefined) throw new CliError(`${JSON.stringify(operator)} is not a valid label selector operator`);
    else matchExpressions.push({ key, operator: OPERATORS[operator], ...(values.length > 0 ? { values: [...values] } : {}) });
  }
  return { ...(matchExpressions.length > 0 ? { matchExpressions } : {}), ...(Object.keys(matchLabels).length > 0 ? { matchLabels } : {}) };
}

function requirementsOf(text: string): ReturnType<typeof parseLabelSelector>['requirements'] {
  try {
    return parseLabelSelector(text).requirements;
  } catch (error) {
    throw new CliError(`couldn't parse the selector string ${JSON.stringify(text)}: ${(error as Error).message}`);
  }
}

export const priorityclass: Command = {
  name: 'priorityclass',
  aliases: ['pc'],
  summary: 'Create a priority class with the specified name',
  usage: 'NAME --value=VALUE --global-default=BOOL [--dry-run=server|client|none] [options]',
  flags: [
    ...GENERATE_FLAGS,
    {
      name: 'description',
      type: 'string',
      description: 'description is an arbitrary string that usually provides guidelines on when this priority class should be used.',
    },
    { name: 'global-default', type: 'bool', description: 'global-default specifies whether this PriorityClass should be considered as the default priority.' },
    {
      name: 'preemption-policy',
      type: 'string',
      default: "'PreemptLowerPriority'",
      description: 'preemption-policy is the policy for preempting pods with lower priority.',
    },
    { name: 'value', type: 'int32', default: '0', description: 'the value of this priority class.' },
  ],
  async run(context) {
    const { flags } = context;
    const name = oneName(context);
    const object = {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name },
      ...(flags.string('description') === '' ? {} : { description: flags.string('description') }),
      ...(flags.bool('global-default') ? { globalDefault: true } : {}),
      preemptionPolicy: flags.string('preemption-policy'),
      value: flags.int('value'),
    };
    await createGenerated(context, {
      resource: grouped('scheduling.k8s.io', 'v1', 'priorityclasses', false),
      object,
      failed: 'failed to create priorityclass: ',
    });
  },
};
