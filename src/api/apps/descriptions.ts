/** What Deployments, ReplicaSets, StatefulSets and DaemonSets are, in words, as src/api/descriptions.ts reads them. */
export const apps = `
Deployment: Keeps up a number of pods, and replaces them step by step when their template changes.
  spec: How many pods, which, and how they are replaced.
  status: How far it has got.
DeploymentSpec: How many pods, which, and how they are replaced.
  replicas: How many pods there are to be; 1 by default.
  selector: Labels of its pods; the template must have them. It cannot change.
  template: What new pods are. A change of it starts a rollout.
  strategy: How old pods give way to new ones.
  minReadySeconds: How long a new pod must have been ready to count as available; 0 by default.
  revisionHistoryLimit: How many old ReplicaSets are kept to go back to; 10 by default.
  paused: Whether changes of the template wait.
  progressDeadlineSeconds: How long a rollout may go without progress before it is told as failed; 600 by default.
DeploymentStrategy: How old pods give way to new ones.
  type: RollingUpdate (the default), or Recreate, which ends all old pods first.
  rollingUpdate: How big the steps are. Only with RollingUpdate.
RollingUpdateDeployment: How big the steps of a rollout are.
  maxUnavailable: How many pods, or which share, may be missing meanwhile; 25% by default, rounded down.
  maxSurge: How many pods, or which share, may be there beyond what is wanted; 25% by default, rounded up.
DeploymentStatus: How far a Deployment has got.
  replicas: How many pods it has, ending ones left out.
  updatedReplicas: How many of them are of the present template.
  readyReplicas: How many are ready.
  availableReplicas: How many have been ready for minReadySeconds.
  unavailableReplicas: How many are still missing.
  terminatingReplicas: How many are ending.
  conditions: Available, Progressing and ReplicaFailure.
  collisionCount: How often the name of a new ReplicaSet was taken.
DeploymentCondition: One thing that holds of a Deployment, or does not.
  type: Available, Progressing or ReplicaFailure.
ReplicaSet: Keeps up a number of pods that are all alike. Usually a Deployment makes it.
  spec: How many pods, and which.
  status: How many there are.
ReplicaSetSpec: How many pods, and which.
  replicas: How many there are to be; 1 by default.
  minReadySeconds: How long a pod must have been ready to count as available; 0 by default.
  selector: Labels of its pods; the template must have them. It cannot change.
  template: What new pods are.
ReplicaSetStatus: How many pods there are.
  replicas: How many there are, ending ones left out.
  fullyLabeledReplicas: How many have all the template's labels.
  readyReplicas: How many are ready.
  availableReplicas: How many have been ready for minReadySeconds.
  terminatingReplicas: How many are ending.
ReplicaSetCondition: One thing that holds of a ReplicaSet, or does not.
  type: ReplicaFailure.
StatefulSet: Keeps up pods that each have a number, a lasting name and storage of their own.
  spec: How many pods, which, and with what storage.
  status: How far it has got.
StatefulSetSpec: How many pods, which, and with what storage.
  replicas: How many there are to be; 1 by default.
  selector: Labels of its pods; the template must have them. It cannot change.
  template: What new pods are. Each is called NAME-NUMBER.
  volumeClaimTemplates: Claims of which every pod gets its own, under a name that lasts.
  serviceName: The headless Service that gives the pods their names. It cannot change.
  podManagementPolicy: OrderedReady (the default) goes one by one; Parallel does not wait.
  updateStrategy: How pods get a new template.
  revisionHistoryLimit: How many old revisions are kept; 10 by default.
  minReadySeconds: How long a pod must have been ready to count as available; 0 by default.
  persistentVolumeClaimRetentionPolicy: What becomes of the claims when the set shrinks or goes.
  ordinals: With which number the pods begin.
StatefulSetUpdateStrategy: How pods get a new template.
  type: RollingUpdate (the default), from the highest number down, or OnDelete, when somebody deletes them.
  rollingUpdate: How far and how fast. Only with RollingUpdate.
RollingUpdateStatefulSetStrategy: How far and how fast pods are replaced.
  partition: Only pods from this number on are replaced; 0 by default.
  maxUnavailable: How many pods, or which share, may be missing meanwhile; 1 by default.
StatefulSetPersistentVolumeClaimRetentionPolicy: What becomes of claims.
  whenDeleted: When the set is deleted: Retain (the default) or Delete.
  whenScaled: When the set shrinks: Retain (the default) or Delete.
StatefulSetOrdinals: The numbers of pods.
  start: The first number; 0 by default.
StatefulSetStatus: How far a StatefulSet has got.
  replicas: How many pods there are.
  readyReplicas: How many are ready.
  currentReplicas: How many are of the revision before.
  updatedReplicas: How many are of the new revision.
  currentRevision: The revision that pods had before.
  updateRevision: The revision that pods are to have.
  collisionCount: How often the name of a new revision was taken.
  availableReplicas: How many have been ready for minReadySeconds.
StatefulSetCondition: One thing that holds of a StatefulSet, or does not.
DaemonSet: Runs one pod on every node, or on every node that suits.
  spec: Which pods.
  status: How far it has got.
DaemonSetSpec: Which pods a DaemonSet runs, and how they are replaced.
  selector: Labels of its pods; the template must have them. It cannot change.
  template: What the pods are; its node selector and affinity tell on which nodes.
  updateStrategy: How pods get a new template.
  minReadySeconds: How long a pod must have been ready to count as available; 0 by default.
  revisionHistoryLimit: How many old revisions are kept; 10 by default.
DaemonSetUpdateStrategy: How pods get a new template.
  type: RollingUpdate (the default), or OnDelete, when somebody deletes them.
  rollingUpdate: How big the steps are. Only with RollingUpdate.
RollingUpdateDaemonSet: How big the steps are.
  maxUnavailable: On how many nodes, or which share, the pod may be missing meanwhile; 1 by default.
  maxSurge: On how many nodes, or which share, a new pod may start beside the old one; 0 by default.
DaemonSetStatus: How far a DaemonSet has got.
  currentNumberScheduled: Nodes that should run the pod and do.
  numberMisscheduled: Nodes that run the pod and should not.
  desiredNumberScheduled: Nodes that should run the pod.
  numberReady: Nodes whose pod is ready.
  updatedNumberScheduled: Nodes whose pod is of the present template.
  numberAvailable: Nodes whose pod has been ready for minReadySeconds.
  numberUnavailable: Nodes that should have such a pod and have none.
  collisionCount: How often the name of a new revision was taken.
DaemonSetCondition: One thing that holds of a DaemonSet, or does not.
ControllerRevision: A template as it once was, kept to go back to. StatefulSets and DaemonSets make them.
  data: What is kept.
  revision: Its number; the highest is the latest.
`;
