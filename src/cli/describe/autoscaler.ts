/** HorizontalPodAutoscalers described: each metric with what it is and what it should be. */
import type { Describer } from './scene.js';
import { formatDate, type Writer } from './writer.js';

export const describeAutoscaler: Describer = async (w, autoscaler, scene) => {
  const { apiVersion, metadata, spec, status = {} } = autoscaler;
  w.field('Name', metadata.name);
  w.field('Namespace', metadata.namespace);
  w.labels('Labels', metadata.labels);
  w.annotations(metadata.annotations);
  w.field('CreationTimestamp', formatDate(metadata.creationTimestamp));
  w.field('Reference', `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`);
  if (apiVersion === 'autoscaling/v1') writeUtilization(w, spec, status);
  else {
    w.field('Metrics', '( current / target )');
    (spec.metrics ?? []).forEach((metric: any, at: number) => w.line(1, metricText(metric, status.currentMetrics?.[at] ?? {})));
  }
  w.field('Min replicas', spec.minReplicas ?? '<unset>');
  w.field('Max replicas', spec.maxReplicas);
  if (spec.behavior) {
    w.line(0, 'Behavior:');
    writeRules(w, 'Scale Up', spec.behavior.scaleUp);
    writeRules(w, 'Scale Down', spec.behavior.scaleDown);
  }
  w.field(`${spec.scaleTargetRef.kind} pods`, `${status.currentReplicas ?? 0} current / ${status.desiredReplicas ?? 0} desired`);
  const conditions: any[] = apiVersion === 'autoscaling/v1' ? [] : (status.conditions ?? []);
  if (conditions.length > 0) {
    w.line(0, 'Conditions:');
    w.table(
      1,
      ['Type', 'Status', 'Reason', 'Message'],
      conditions.map(({ type, status: is, reason = '', message = '' }) => [type, is, reason, message]),
    );
  }
  await scene.events(w, autoscaler);
};

function writeUtilization(w: Writer, spec: any, status: any): void {
  if (spec.targetCPUUtilizationPercentage === undefined) return;
  w.field('Target CPU utilization', `${spec.targetCPUUtilizationPercentage}%`);
  w.field('Current CPU utilization', `${status.currentCPUUtilizationPercentage ?? '<unknown>'}%`);
}

function metricText({ type, external, pods, object, resource, containerResource }: any, current: any): string {
  const ratio = (now: string | undefined, target: string | undefined): string => `\t${now ?? '<unknown>'} / ${target ?? '<nil>'}`;
  switch (type) {
    case 'External':
      return external.target.averageValue !== undefined
        ? `"${external.metric.name}" (target average value):${ratio(current.external?.current.averageValue, external.target.averageValue)}`
        : `"${external.metric.name}" (target value):${ratio(current.external?.current.value, external.target.value)}`;
    case 'Pods':
      return `"${pods.metric.name}" on pods:${ratio(current.pods?.current.averageValue, pods.target.averageValue)}`;
    case 'Object': {
      const on = `"${object.metric.name}" on ${object.describedObject.kind}/${object.describedObject.name} `;
      return object.target.type === 'AverageValue'
        ? `${on}(target average value):${ratio(current.object?.current.averageValue, object.target.averageValue)}`
        : `${on}(target value):${ratio(current.object?.current.value, object.target.value)}`;
    }
    case 'Resource':
      return resourceText(`resource ${resource.name} on pods`, resource, current.resource?.current);
    case 'ContainerResource':
      return resourceText(
        `resource ${containerResource.name} of container "${containerResource.container}" on pods`,
        containerResource,
        current.containerResource?.current,
      );
  }
  return `<unknown metric type ${JSON.stringify(type)}>`;
}

function resourceText(title: string, { target }: any, current: any): string {
  if (target.averageValue !== undefined) return `${title}:\t${current?.averageValue ?? '<unknown>'} / ${target.averageValue}`;
  const now = current?.averageUtilization === undefined ? '<unknown>' : `${current.averageUtilization}% (${current.averageValue ?? '<nil>'})`;
  return `${title}  (as a percentage of request):\t${now} / ${target.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`}`;
}

function writeRules(w: Writer, direction: string, rules: any): void {
  if (!rules) return;
  w.line(1, `${direction}:`);
  if (rules.stabilizationWindowSeconds !== undefined) w.line(2, `Stabilization Window: ${rules.stabilizationWindowSeconds} seconds`);
  if ((rules.policies ?? []).length === 0) return;
  w.line(2, `Select Policy: ${rules.selectPolicy ?? 'Max'}`);
  w.line(2, 'Policies:');
  for (const { type, value, periodSeconds } of rules.policies) w.line(3, `- Type: ${type}\tValue: ${value}\tPeriod: ${periodSeconds} seconds`);
}
