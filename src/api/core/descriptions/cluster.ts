/**
 * What nodes, namespaces, Services, events, limits and data of the core group
 * are, in words: a struct a paragraph, a field a line, as
 * src/api/descriptions.ts reads them.
 */
export const cluster = `
Node: A machine that runs pods.
  spec: What the node is told.
  status: What the node tells.
NodeSpec: What a node is told.
  podCIDR: The range of addresses for its pods.
  podCIDRs: The ranges of addresses for its pods, one of each family; the first is podCIDR.
  providerID: What the cloud calls the machine: PROVIDER://ID.
  unschedulable: New pods are not placed here; cordon sets it.
  taints: What keeps pods away that do not tolerate it.
  configSource: Of old; does nothing.
  externalID: Of old; does nothing.
NodeStatus: What a node tells of itself.
  capacity: What the machine has.
  allocatable: What of that pods may take.
  phase: Of old; does nothing.
  conditions: Ready, MemoryPressure, DiskPressure, PIDPressure and others.
  addresses: Its addresses and names.
  daemonEndpoints: Ports on which its own programs listen.
  nodeInfo: Versions and ids of machine, kernel, runtime and kubelet.
  images: Images that it has, the largest first.
  volumesInUse: Volumes that it has attached and uses.
  volumesAttached: Volumes that have been attached to it.
  config: Of old; does nothing.
  runtimeHandlers: What its runtime offers.
  features: What its kubelet and runtime can do.
  declaredFeatures: Features of the kubelet that scheduling asks for.
NodeCondition: One thing that holds of a node, or does not.
  type: Which condition: Ready, MemoryPressure, DiskPressure, PIDPressure or NetworkUnavailable.
  lastHeartbeatTime: When the node last told it.
NodeAddress: An address of a node.
  type: Hostname, InternalIP, ExternalIP, InternalDNS or ExternalDNS.
  address: The address or name.
NodeSystemInfo: Versions and ids of a node.
  machineID: The machine's id.
  systemUUID: The id that the firmware gives.
  bootID: The id of this start of the system.
  kernelVersion: The kernel's version.
  osImage: The system's name.
  containerRuntimeVersion: The runtime and its version, as in containerd://2.0.0.
  kubeletVersion: The kubelet's version.
  kubeProxyVersion: Of old.
  operatingSystem: linux or windows.
  architecture: The processor, such as amd64.
  swap: Its swap.
NodeSwapStatus: The swap of a node.
  capacity: How much there is, in bytes.
NodeDaemonEndpoints: Ports on which a node's own programs listen.
  kubeletEndpoint: The kubelet.
DaemonEndpoint: A port.
  Port: The port's number.
NodeRuntimeHandler: What a runtime offers under one name.
  name: The handler's name; empty for the usual one.
  features: What it can do.
NodeRuntimeHandlerFeatures: What a handler can do.
  recursiveReadOnlyMounts: Whether mounts can be read-only all the way down.
  userNamespaces: Whether pods can have user namespaces of their own.
NodeFeatures: What kubelet and runtime can do.
  supplementalGroupsPolicy: Whether supplementalGroupsPolicy is heeded.
NodeConfigSource: Of old; does nothing.
  configMap: The ConfigMap that was meant.
NodeConfigStatus: Of old; does nothing.
  assigned: What had been assigned.
  active: What was used.
  lastKnownGood: What had last been good.
  error: What had gone wrong.
ConfigMapNodeConfigSource: Of old; does nothing.
  namespace: The ConfigMap's namespace.
  name: The ConfigMap's name.
  uid: The ConfigMap's uid.
  resourceVersion: The state of it that was meant.
  kubeletConfigKey: The key that was meant.
AttachedVolume: A volume that is attached to a node.
  name: The volume.
  devicePath: The device.
ContainerImage: An image that a node has.
  names: What it is known as.
  sizeBytes: How big it is.
NodeProxyOptions: Which path of a node is asked.
  path: The path below the node.
Namespace: A room for names: most objects are in one, and go with it.
  spec: What must be done before it is gone.
  status: Whether it is in use or going.
NamespaceSpec: What must be done before a namespace is gone.
  finalizers: Who has to agree; "kubernetes" stands for the removal of what is in it.
NamespaceStatus: Whether a namespace is in use or going.
  phase: Active or Terminating.
  conditions: What keeps it from going.
NamespaceCondition: One thing that holds of a namespace, or does not.
  type: What keeps it from going, such as NamespaceContentRemaining.
Service: A name and address for a set of pods.
  spec: Which pods, and how they are reached.
  status: What load balancers have given.
ServiceSpec: Which pods a Service stands for, and how they are reached.
  ports: The ports.
  selector: Labels of the pods. Without it somebody else writes the endpoints. Not heeded with ExternalName.
  clusterIP: Its address in the cluster: given by the system, asked for, or None for a headless Service, whose name leads to the pods themselves.
  clusterIPs: Its addresses, one of each family; the first is clusterIP.
  type: How it is reached: ClusterIP (the default), NodePort, LoadBalancer or ExternalName.
  externalIPs: Addresses of the outside whose traffic nodes take for it. Deprecated.
  sessionAffinity: ClientIP sends a client to the same pod each time; None is the default.
  loadBalancerIP: The address wanted of a load balancer. Of old; what it does is up to the provider.
  loadBalancerSourceRanges: Addresses from which a load balancer lets traffic in.
  externalName: The name that ExternalName leads to.
  externalTrafficPolicy: Cluster (the default) sends outside traffic to any pod; Local only to those of the node, and keeps the client's address.
  healthCheckNodePort: The port at which nodes tell load balancers whether they have pods. Of LoadBalancer with Local.
  publishNotReadyAddresses: Whether pods that are not ready count too.
  sessionAffinityConfig: How long a client stays with its pod.
  ipFamilies: IPv4 or IPv6, or both.
  ipFamilyPolicy: SingleStack, PreferDualStack or RequireDualStack.
  allocateLoadBalancerNodePorts: Whether a LoadBalancer gets node ports. True by default.
  loadBalancerClass: Which load balancer is meant; the usual one when not given.
  internalTrafficPolicy: Cluster (the default) sends traffic of the cluster to any pod; Local only to those of the same node.
  trafficDistribution: A wish for near pods: PreferSameZone, PreferSameNode or PreferClose.
ServicePort: A port of a Service.
  name: The port's name; needed where there are several.
  protocol: TCP (the default), UDP or SCTP.
  appProtocol: What is spoken on it, such as kubernetes.io/h2c.
  port: The port's number.
  targetPort: The pods' port, by number or by the container's name for it; the same number by default.
  nodePort: The port on every node, of NodePort and LoadBalancer; given by the system when not asked for.
ServiceStatus: What has become of a Service.
  loadBalancer: What its load balancer has given.
  conditions: What holds of it.
ServiceProxyOptions: Which path of a Service is asked.
  path: The path below the Service.
SessionAffinityConfig: How sessions are kept.
  clientIP: By the client's address.
ClientIPConfig: Sessions by the client's address.
  timeoutSeconds: How long one lasts; three hours by default.
LoadBalancerStatus: What a load balancer has given.
  ingress: Where traffic comes in.
LoadBalancerIngress: A point at which traffic comes in.
  ip: Its address.
  hostname: Its name.
  ipMode: VIP or Proxy: whether traffic keeps the address that it was sent to.
  ports: Its ports, with what is wrong with them.
PortStatus: A port, and what is wrong with it.
  port: The port's number.
  protocol: TCP, UDP or SCTP.
  error: What is wrong, in one word.
Endpoints: The addresses behind a Service, in one list. EndpointSlices have taken its place.
  subsets: Addresses that have the same ports.
EndpointSubset: Addresses that have the same ports.
  addresses: Those that are ready.
  notReadyAddresses: Those that are not.
  ports: The ports of all of them.
EndpointAddress: One address.
  ip: The address.
  hostname: Its host name.
  nodeName: Its node.
  targetRef: What stands behind it, a pod as a rule.
EndpointPort: A port of endpoints.
  name: The Service's name for it.
  port: The port's number.
  protocol: TCP (the default), UDP or SCTP.
  appProtocol: What is spoken on it.
Event: Something that happened to an object. Events are kept for an hour.
  involvedObject: What it happened to.
  reason: What happened, in one word, such as Scheduled.
  message: What happened, for people to read.
  source: Who tells it.
  firstTimestamp: When it first happened.
  lastTimestamp: When it last happened.
  count: How often it happened.
  type: Normal or Warning.
  eventTime: When it was first seen.
  series: That it goes on happening.
  action: What was done or refused.
  related: Another object that has to do with it.
  reportingComponent: Who tells it, such as kubernetes.io/kubelet.
  reportingInstance: Which one of those.
EventSeries: Something that goes on happening.
  count: How often it has happened.
  lastObservedTime: When it was last seen.
EventSource: Who tells of an event.
  component: The program.
  host: Its node.
ConfigMap: Settings for pods, as keys and values.
  immutable: Whether data may no longer change. It cannot be undone.
  data: Values of text.
  binaryData: Values of any bytes, as base64.
Secret: Keys and values that not everybody may read.
  immutable: Whether data may no longer change. It cannot be undone.
  data: Values of any bytes, as base64.
  stringData: Values as plain text; they go into data and are never shown again.
  type: What it is for, such as Opaque or kubernetes.io/tls. It decides which keys there must be.
ServiceAccount: A name under which pods speak to the API server.
  secrets: Secrets that its pods may mount.
  imagePullSecrets: Secrets with which its pods pull images.
  automountServiceAccountToken: Whether its pods get a token mounted. A pod's own word comes first.
ReplicationController: Keeps up a number of pods. ReplicaSets and Deployments have taken its place.
  spec: How many pods, and which.
  status: How many there are.
ReplicationControllerSpec: How many pods, and which.
  replicas: How many there are to be; 1 by default.
  minReadySeconds: How long a pod must have been ready to count as available.
  selector: Labels of its pods; those of the template by default.
  template: What new pods are.
ReplicationControllerStatus: How many pods there are.
  replicas: How many there are.
  fullyLabeledReplicas: How many have all the template's labels.
  readyReplicas: How many are ready.
  availableReplicas: How many have been ready long enough.
ReplicationControllerCondition: One thing that holds of a replication controller, or does not.
  type: Which condition, such as ReplicaFailure.
LimitRange: Limits and defaults for what single pods, containers and claims of a namespace ask for.
  spec: The limits.
LimitRangeSpec: The limits.
  limits: One of each type.
LimitRangeItem: Limits of one type of thing.
  type: Container, Pod or PersistentVolumeClaim.
  max: The most that may be asked for.
  min: The least that must be asked for.
  default: The limit that a container gets which names none.
  defaultRequest: The request that a container gets which names none.
  maxLimitRequestRatio: How many times its request a limit may be.
ResourceQuota: How much all of a namespace may use.
  spec: How much.
  status: How much of it is used.
ResourceQuotaSpec: How much all of a namespace may use.
  hard: The most of each: requests.cpu, pods, count/jobs.batch and others.
  scopes: Which objects are counted; all of these must fit.
  scopeSelector: Which objects are counted, by requirements.
ResourceQuotaStatus: How much is used.
  hard: The most of each, as it holds.
  used: How much is used of each.
ScopeSelector: Which objects are counted.
  matchExpressions: What must hold of them; all of it.
ScopedResourceSelectorRequirement: A requirement of a scope.
  scopeName: The scope, such as PriorityClass or BestEffort.
  operator: In, NotIn, Exists or DoesNotExist.
  values: What it is compared with, for In and NotIn.
ComponentStatus: Whether a part of the control plane is well. Deprecated.
  conditions: What holds of it.
ComponentCondition: One thing that holds of a part, or does not.
  type: Healthy.
  message: What the part says.
  error: What went wrong.
TopologySelectorTerm: Places, by labels of nodes.
  matchLabelExpressions: What must hold of the labels; all of it.
TopologySelectorLabelRequirement: A requirement of a label.
  key: The label.
  values: Values, one of which it must have.
RangeAllocation: Which numbers of a range are taken.
  range: The range.
  data: A bit for each number.
SerializedReference: A reference as text.
  reference: The object.
ObjectReference: Another object.
  kind: Its kind.
  namespace: Its namespace.
  name: Its name.
  uid: Its uid, where that very object is meant.
  apiVersion: Its group and version.
  resourceVersion: Its resource version, where that very state is meant.
  fieldPath: A part of it, such as spec.containers{web}.
LocalObjectReference: An object of the same namespace.
  name: Its name.
TypedLocalObjectReference: An object of the same namespace, of any kind.
  apiGroup: Its group; the core group when not given.
  kind: Its kind.
  name: Its name.
TypedObjectReference < TypedLocalObjectReference: An object of any kind and namespace.
  namespace: Its namespace; that of who refers to it when not given.
SecretReference: A Secret of any namespace.
  name: Its name.
  namespace: Its namespace.
`;
