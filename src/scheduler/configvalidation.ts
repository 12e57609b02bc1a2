/** What a configuration's values may be; all that is wrong is told at once, in kube-scheduler's words. */
import { aggregateText, duplicate, forbidden, invalid, notSupported, required, type Causes } from '../apimachinery/fielderror.js';
import { formatDuration } from '../apimachinery/time.js';
import type { Election } from './configfile.js';
import type { PluginArgs, Profile, ResourceWeight, SchedulerConfig, ShapePoint } from './config.js';
import { ConfigError } from './profile.js';

export function validateConfig(config: SchedulerConfig, { parallelism, election }: { parallelism: number; election: Election }): void {
  const { profiles, extenders, percentageOfNodesToScore, podInitialBackoffSeconds, podMaxBackoffSeconds } = config;
  const causes: Causes = electionCauses(election);
  if (parallelism <= 0) causes.push(invalid('parallelism', parallelism, 'should be an integer value greater than zero'));
  const seen = new Map<string, number>();
  profiles.forEach((profile, at) => {
    causes.push(...profileCauses(profile, `profiles[${at}]`));
    const before = seen.get(profile.schedulerName);
    if (before !== undefined) causes.push(duplicate(`profiles[${at}].schedulerName`, `profiles[${before}].schedulerName`));
    seen.set(profile.schedulerName, at);
  });
  profiles.forEach(({ plugins }, at) => {
    if (JSON.stringify(plugins.queueSort) !== JSON.stringify(profiles[0]!.plugins.queueSort))
      causes.push(invalid(`profiles[${at}].plugins.queueSort`, plugins.queueSort, 'has to match for all profiles'));
  });
  causes.push(...percentageCauses(percentageOfNodesToScore, 'percentageOfNodesToScore'));
  if (podInitialBackoffSeconds <= 0) causes.push(invalid('podInitialBackoffSeconds', podInitialBackoffSeconds, 'must be greater than 0'));
  if (podMaxBackoffSeconds < podInitialBackoffSeconds)
    causes.push(invalid('podMaxBackoffSeconds', podMaxBackoffSeconds, 'must be greater than or equal to PodInitialBackoffSeconds'));
  causes.push(...extenderCauses(extenders));
  if (causes.length > 0) throw new ConfigError(aggregateText(causes));
}

function electionCauses({ leaderElect, leaseDurationMs, renewDeadlineMs, retryPeriodMs }: Election): Causes {
  if (leaderElect === false) return [];
  const times = Object.entries({ leaseDuration: leaseDurationMs, renewDeadline: renewDeadlineMs, retryPeriod: retryPeriodMs });
  return [
    ...times.flatMap(([name, ms]) => (ms <= 0 ? [invalid(`leaderElection.${name}`, formatDuration(ms), 'must be greater than zero')] : [])),
    ...(leaseDurationMs < renewDeadlineMs
      ? [invalid('leaderElection.leaseDuration', formatDuration(renewDeadlineMs), 'LeaseDuration must be greater than RenewDeadline')]
      : []),
  ];
}

const percentageCauses = (value: number, field: string): Causes => (value < 0 || value > 100 ? [invalid(field, value, 'not in valid range [0-100]')] : []);

function profileCauses({ schedulerName, percentageOfNodesToScore = 0, args }: Profile, path: string): Causes {
  return [
    ...(schedulerName === '' ? [required(`${path}.schedulerName`)] : []),
    ...percentageCauses(percentageOfNodesToScore, `${path}.percentageOfNodesToScore`),
    ...argsCauses(args, `${path}.pluginConfig`),
  ];
}

function argsCauses(args: PluginArgs, path: string): Causes {
  const {
    DefaultPreemption: preemption,
    InterPodAffinity: affinity,
    NodeResourcesFit: fit,
    NodeResourcesBalancedAllocation: balanced,
    PodTopologySpread: spread,
    VolumeBinding: binding,
  } = args;
  const at = (plugin: string, field: string): string => `${path}[${plugin}].args.${field}`;
  const causes: Causes = [];
  if (preemption.minCandidateNodesPercentage < 0 || preemption.minCandidateNodesPercentage > 100)
    causes.push(invalid(at('DefaultPreemption', 'minCandidateNodesPercentage'), preemption.minCandidateNodesPercentage, 'not in valid range [0, 100]'));
  if (preemption.minCandidateNodesAbsolute < 0)
    causes.push(invalid(at('DefaultPreemption', 'minCandidateNodesAbsolute'), preemption.minCandidateNodesAbsolute, 'not in valid range [0, inf)'));
  if (preemption.minCandidateNodesPercentage === 0 && preemption.minCandidateNodesAbsolute === 0)
    causes.push(invalid(at('DefaultPreemption', 'minCandidateNodesPercentage'), 0, 'cannot be zero at the same time as minCandidateNodesAbsolute'));
  if (affinity.hardPodAffinityWeight < 0 || affinity.hardPodAffinityWeight > 100)
    causes.push(invalid(at('InterPodAffinity', 'hardPodAffinityWeight'), affinity.hardPodAffinityWeight, 'not in valid range [0-100]'));
  causes.push(...weightCauses(fit.scoringStrategy.resources, at('NodeResourcesFit', 'scoringStrategy.resources'), 100));
  if (!['LeastAllocated', 'MostAllocated', 'RequestedToCapacityRatio'].includes(fit.scoringStrategy.type))
    throw new ConfigError(`scoring strategy ${fit.scoringStrategy.type} is not supported`);
  if (fit.scoringStrategy.type === 'RequestedToCapacityRatio')
    causes.push(...shapeCauses(fit.scoringStrategy.shape, at('NodeResourcesFit', 'scoringStrategy.requestedToCapacityRatio.shape')));
  causes.push(...weightCauses(balanced.resources, at('NodeResourcesBalancedAllocation', 'resources'), 1));
  causes.push(...spreadCauses(spread, (field) => at('PodTopologySpread', field)));
  if (binding.bindTimeoutSeconds < 0)
    causes.push(invalid(at('VolumeBinding', 'bindTimeoutSeconds'), binding.bindTimeoutSeconds, 'invalid BindTimeoutSeconds, should not be a negative value'));
  return causes;
}

function weightCauses(resources: readonly ResourceWeight[], path: string, max: number): Causes {
  const names = resources.map(({ name }) => name);
  return resources.flatMap(({ name, weight }, at) => [
    ...(weight <= 0 || weight > max
      ? [
          invalid(
            `${path}[${at}].weight`,
            weight,
            max === 1 ? 'resource weight of ' + name + ' should be 1' : `resource weight of ${name} not in valid range (0, ${max}]`,
          ),
        ]
      : []),
    ...(max === 1 && names.indexOf(name) < at ? [duplicate(`${path}[${at}].name`, name)] : []),
  ]);
}

function shapeCauses(shape: readonly ShapePoint[], path: string): Causes {
  if (shape.length === 0) return [required(path, 'at least one point must be specified')];
  return shape.flatMap(({ utilization, score }, at) => [
    ...(at > 0 && shape[at - 1]!.utilization >= utilization
      ? [invalid(`${path}[${at}].utilization`, utilization, 'utilization values must be sorted in increasing order')]
      : []),
    ...(utilization < 0 || utilization > 100 ? [invalid(`${path}[${at}].utilization`, utilization, 'not in valid range [0-100]')] : []),
    ...(score < 0 || score > 10 ? [invalid(`${path}[${at}].score`, score, 'not in valid range [0-10]')] : []),
  ]);
}

function spreadCauses({ defaultConstraints, defaultingType }: PluginArgs['PodTopologySpread'], at: (field: string) => string): Causes {
  if (defaultingType !== 'System' && defaultingType !== 'List') return [notSupported(at('defaultingType'), defaultingType, ['List', 'System'])];
  if (defaultingType === 'System' && defaultConstraints.length > 0)
    return [invalid(at('defaultingType'), defaultingType, 'when .defaultConstraints are not empty')];
  return defaultConstraints.flatMap((constraint, index) => {
    const path = at(`defaultConstraints[${index}]`);
    const { maxSkew = 0, topologyKey = '', whenUnsatisfiable = '', labelSelector } = constraint as Partial<typeof constraint>;
    const isRepeated = defaultConstraints.slice(0, index).some((other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable);
    return [
      ...(maxSkew <= 0 ? [invalid(`${path}.maxSkew`, maxSkew, 'not in valid range (0, inf)')] : []),
      ...(topologyKey === '' ? [required(`${path}.topologyKey`, 'can not be empty')] : []),
      ...(whenUnsatisfiable === ''
        ? [required(`${path}.whenUnsatisfiable`, 'can not be empty')]
        : ['DoNotSchedule', 'ScheduleAnyway'].includes(whenUnsatisfiable)
          ? []
          : [notSupported(`${path}.whenUnsatisfiable`, whenUnsatisfiable, ['DoNotSchedule', 'ScheduleAnyway'])]),
      ...(labelSelector === undefined ? [] : [forbidden(`${path}.labelSelector`, 'constraint must not define a selector, as they deduced for each pod')]),
      ...(isRepeated ? [duplicate(path, `{${topologyKey}, ${whenUnsatisfiable}}`)] : []),
    ];
  });
}

function extenderCauses(extenders: SchedulerConfig['extenders']): Causes {
  const binders = extenders.filter(({ bindVerb }) => bindVerb !== '').length;
  const managed = new Set<string>();
  return [
    ...extenders.flatMap(({ prioritizeVerb, preemptVerb, weight, managedResources }, at) => [
      ...(prioritizeVerb !== '' && weight <= 0 ? [invalid(`extenders[${at}].weight`, weight, 'must have a positive weight applied to it')] : []),
      // Preemption is decided at once here, without waiting for anybody.
      ...(preemptVerb === '' ? [] : [forbidden(`extenders[${at}].preemptVerb`, 'this scheduler does not ask extenders about preemption')]),
      ...managedResources.flatMap(({ name }, index) => {
        const isAgain = managed.has(name);
        managed.add(name);
        return isAgain ? [invalid(`extenders[${at}].managedResources[${index}].name`, name, 'duplicate extender managed resource name')] : [];
      }),
    ]),
    ...(binders > 1 ? [invalid('extenders', `found ${binders} extenders implementing bind`, 'only one extender can implement bind')] : []),
  ];
}
