/** What autoscalers and scales are, in words, as src/api/descriptions.ts reads them. */
const scaler = `
HorizontalPodAutoscaler: Sets the number of pods by what they are measured to need.
  spec: What is scaled, between which numbers, and by what.
  status: What has been measured and done.
CrossVersionObjectReference: An object, by kind and name.
  kind: Its kind.
  name: Its name.
  apiVersion: Its group and version.
`;

export const autoscalingV1 = `${scaler}
HorizontalPodAutoscalerSpec: What is scaled, between which numbers, and by what.
  scaleTargetRef: What is scaled: a Deployment, a StatefulSet or anything with a scale.
  minReplicas: The least number of pods; 1 by default.
  maxReplicas: The greatest number of pods.
  targetCPUUtilizationPercentage: How much of the CPU that they asked for pods should use on average; 80 percent by default.
HorizontalPodAutoscalerStatus: What has been measured and done.
  lastScaleTime: When the number was last changed.
  currentReplicas: How many pods there were when last looked at.
  desiredReplicas: How many there are to be.
  currentCPUUtilizationPercentage: How much of the CPU that they asked for pods use on average.
Scale: How many pods something has, of whatever kind it is.
ScaleSpec: How many pods are wanted.
  replicas: The number.
ScaleStatus: How many pods there are.
  replicas: The number.
  selector: The pods' labels, as text.
`;

export const autoscalingV2 = `${scaler}
HorizontalPodAutoscalerSpec: What is scaled, between which numbers, and by what.
  scaleTargetRef: What is scaled: a Deployment, a StatefulSet or anything with a scale.
  minReplicas: The least number of pods; 1 by default.
  maxReplicas: The greatest number of pods.
  metrics: What is measured; the one that wants most pods counts. CPU at 80 percent by default.
  behavior: How fast it goes up and down.
HorizontalPodAutoscalerStatus: What has been measured and done.
  lastScaleTime: When the number was last changed.
  currentReplicas: How many pods there were when last looked at.
  desiredReplicas: How many there are to be.
  currentMetrics: What has been measured.
  conditions: AbleToScale, ScalingActive and ScalingLimited.
HorizontalPodAutoscalerCondition: One thing that holds of an autoscaler, or does not.
  type: AbleToScale, ScalingActive or ScalingLimited.
HorizontalPodAutoscalerBehavior: How fast the number of pods goes up and down.
  scaleUp: Upwards. By default at once, by the greater of 4 pods and a doubling every 15 seconds.
  scaleDown: Downwards. By default as far as needed, after 5 minutes of needing less.
HPAScalingRules: How fast the number goes in one direction.
  stabilizationWindowSeconds: For how long back the wishes are looked at, so that the number does not flap.
  selectPolicy: Which policy counts: Max (the default), Min, or Disabled, which stops this direction.
  policies: How much may change within which time.
  tolerance: How far the measure may be off before anything is done; 10 percent by default.
HPAScalingPolicy: How much may change within a time.
  type: Pods or Percent.
  value: How many, or which share.
  periodSeconds: Within how many seconds.
MetricSpec: What is measured, and what it should be.
  type: Resource, ContainerResource, Pods, Object or External; the field of that name goes with it.
  resource: CPU or memory of the pods, against what they asked for.
  containerResource: CPU or memory of one container in each pod.
  pods: A metric of each pod, on average.
  object: A metric of one object.
  external: A metric from outside the cluster.
MetricStatus: What has been measured.
  type: Resource, ContainerResource, Pods, Object or External; the field of that name goes with it.
  resource: CPU or memory of the pods.
  containerResource: CPU or memory of one container in each pod.
  pods: A metric of each pod, on average.
  object: A metric of one object.
  external: A metric from outside the cluster.
ResourceMetricSource: CPU or memory of the pods.
  name: cpu or memory.
  target: What it should be.
ResourceMetricStatus: CPU or memory of the pods, as measured.
  name: cpu or memory.
  current: What it is.
ContainerResourceMetricSource < ResourceMetricSource: CPU or memory of one container in each pod.
  container: The container.
ContainerResourceMetricStatus < ResourceMetricStatus: CPU or memory of one container in each pod, as measured.
  container: The container.
PodsMetricSource: A metric of each pod.
  metric: Which metric.
  target: What it should be on average.
PodsMetricStatus: A metric of each pod, as measured.
  metric: Which metric.
  current: What it is on average.
ObjectMetricSource: A metric of one object.
  describedObject: The object.
  target: What it should be.
  metric: Which metric.
ObjectMetricStatus: A metric of one object, as measured.
  metric: Which metric.
  current: What it is.
  describedObject: The object.
ExternalMetricSource: A metric from outside the cluster.
  metric: Which metric.
  target: What it should be.
ExternalMetricStatus: A metric from outside the cluster, as measured.
  metric: Which metric.
  current: What it is.
MetricIdentifier: A metric.
  name: Its name.
  selector: Which series of it, by labels.
MetricTarget: What a metric should be.
  type: Utilization, Value or AverageValue.
  value: The value as a whole.
  averageValue: The value for each pod.
  averageUtilization: The share, in percent, of what pods asked for. Only of CPU and memory.
MetricValueStatus: What a metric is.
  value: The value as a whole.
  averageValue: The value for each pod.
  averageUtilization: The share, in percent, of what pods asked for.
`;
