/**
 * What pods, their scheduling and their status are, in words: a struct a
 * paragraph, a field a line, as src/api/descriptions.ts reads them. Sentences
 * of our own; they promise nothing that the fields do not do.
 */
export const pods = `
Pod: A group of containers that are placed together on one node and share its address, volumes and lifetime.
  spec: What the pod is to be. Most of it cannot change once the pod exists.
  status: What has become of the pod, as its kubelet last told.
PodTemplate: A template of pods, kept under a name.
  template: The pods that are to be made.
PodTemplateSpec: What every pod made from this template looks like.
  metadata: Labels and annotations that the pods get. The labels must fit the owner's selector.
  spec: What the pods are to be.
PodStatusResult: The status of one pod, as a kubelet hands it over.
  status: What has become of the pod.
PodSpec: What a pod is to be: its containers, where it may run, and as whom.
  volumes: Volumes that the containers can mount by name.
  initContainers: Containers that run one after another, each to its end, before the others start. With restartPolicy Always one stays up beside them (a sidecar).
  containers: The pod's containers. There is at least one; the list cannot grow or shrink later.
  ephemeralContainers: Containers added to a running pod to look into it. Set through the ephemeralcontainers subresource alone.
  restartPolicy: Whether containers that ended are started again: Always (the default), OnFailure or Never.
  terminationGracePeriodSeconds: How long containers have between the request to stop and being killed. 30 seconds by default; 0 kills at once.
  activeDeadlineSeconds: How long the pod may run, from its start time on, before it is failed and its containers are killed.
  dnsPolicy: Where names are looked up: ClusterFirst (the default), ClusterFirstWithHostNet, Default (as the node does) or None (as dnsConfig says).
  nodeSelector: Labels that a node must have for the pod to be placed on it.
  serviceAccountName: The service account as which the pod's programs speak to the API server; "default" when not given.
  serviceAccount: An old name of serviceAccountName; both always say the same.
  automountServiceAccountToken: Whether a token of the service account is mounted into the containers. What is said here comes before the account's own word.
  nodeName: The node that runs the pod. The scheduler fills it in; who sets it by hand goes past the scheduler.
  hostNetwork: Uses the node's own network and ports instead of an address of the pod.
  hostPID: Sees the node's processes.
  hostIPC: Shares the node's interprocess communication.
  shareProcessNamespace: Lets the containers see each other's processes. Not together with hostPID.
  securityContext: Users, groups and rights that hold for all containers, unless a container says otherwise.
  imagePullSecrets: Secrets of this namespace with which images are pulled from registries.
  hostname: The host name inside the pod; the pod's name when not given.
  subdomain: With it the pod is known as HOSTNAME.SUBDOMAIN.NAMESPACE.svc and the cluster's domain.
  affinity: Rules that draw the pod to nodes or other pods, or keep it away from them.
  schedulerName: The scheduler that is to place the pod; "default-scheduler" when not given.
  tolerations: Taints of nodes that the pod puts up with.
  hostAliases: Lines for the pod's /etc/hosts.
  priorityClassName: The PriorityClass that gives the pod its priority.
  priority: How important the pod is; higher comes first. Filled in from the priority class.
  dnsConfig: Name servers, search domains and options, added to what dnsPolicy gives.
  readinessGates: Conditions, set by others, that must hold too before the pod is ready.
  runtimeClassName: The RuntimeClass that runs the pod; the node's usual one when not given.
  enableServiceLinks: Whether environment variables tell the addresses of the namespace's Services. True by default.
  preemptionPolicy: Whether pods of lower priority may be evicted to make room: PreemptLowerPriority (the default) or Never.
  overhead: Resources that running the pod costs beside its containers. Filled in from the runtime class.
  topologySpreadConstraints: How evenly pods like this one are spread over nodes, zones or other domains.
  setHostnameAsFQDN: Makes the host name the full name with subdomain and domain.
  os: The operating system that the containers are made for.
  hostUsers: Whether the node's user namespace is used (true, the default), or one of the pod's own.
  schedulingGates: The pod is not scheduled before all of these are taken away. They can be given at creation only.
  resourceClaims: Claims for devices that must be allocated before the pod starts; containers refer to them by name.
  resources: Requests and limits for the pod as a whole, which its containers share.
  hostnameOverride: The host name inside the pod, whatever name, subdomain and hostname say.
  schedulingGroup: The group of pods that this one is scheduled with.
PodSchedulingGroup: Names the group with which a pod is scheduled.
  podGroupName: The PodGroup, in the pod's namespace.
PodStatus: What has become of a pod. It may be a little behind, above all when its node cannot be reached.
  observedGeneration: The generation of the pod that this status was written for.
  phase: Where the pod is in its life: Pending, Running, Succeeded, Failed or Unknown. The conditions and the containers' states say more.
  conditions: PodScheduled, Initialized, ContainersReady, Ready and others, each with whether it holds.
  message: Why the pod is as it is, for people to read.
  reason: Why the pod is as it is, in one word, such as Evicted.
  nominatedNodeName: The node on which others are being evicted to make room for this pod. It may still end up elsewhere.
  hostIP: The address of the pod's node.
  hostIPs: The addresses of the pod's node, one of each family.
  podIP: The pod's address.
  podIPs: The pod's addresses, one of each family; the first is podIP.
  startTime: When the kubelet took up the pod, before images were pulled.
  initContainerStatuses: The states of the init containers.
  containerStatuses: The states of the containers.
  ephemeralContainerStatuses: The states of the ephemeral containers.
  qosClass: How safe the pod is when a node runs short of memory, by its requests and limits: Guaranteed, Burstable or BestEffort.
  resize: How a change of the containers' resources gets on. Conditions tell the same now.
  resourceClaimStatuses: The ResourceClaims that stand for the pod's claims.
  extendedResourceClaimStatus: The ResourceClaim that was made for extended resources which devices back.
  allocatedResources: What the node has set aside for the pod as a whole.
  resources: Requests and limits that hold for the pod as a whole.
  nodeAllocatableResourceClaimStatuses: Ordinary resources, such as CPU, that the pod's claims take from the node.
NodeAllocatableResourceClaimStatus: What one claim of a pod takes from its node's ordinary resources.
  resourceClaimName: The ResourceClaim.
  containers: The containers that use the claim.
  resources: How much of each resource.
PodCondition: One thing that holds of a pod, or does not.
  type: Which condition: PodScheduled, Initialized, ContainersReady, Ready, DisruptionTarget and others.
  observedGeneration: The generation of the pod that the condition was written for.
  lastProbeTime: When the condition was last looked at.
PodIP: One address of a pod.
  ip: The address.
HostIP: One address of a node.
  ip: The address.
PodReadinessGate: A condition that somebody else sets and that readiness waits for.
  conditionType: The type of the condition.
PodSchedulingGate: Something that must be taken away before the pod is scheduled.
  name: The name of the gate.
PodOS: The operating system that a pod is made for.
  name: linux or windows.
PodResourceClaim: A claim for devices under a name that containers can refer to.
  name: The name within the pod.
  resourceClaimName: A ResourceClaim that exists, in the pod's namespace.
  resourceClaimTemplateName: A ResourceClaimTemplate from which a claim is made for this pod alone, and deleted with it.
PodResourceClaimStatus: Which ResourceClaim stands for one of the pod's claims.
  name: The name of the claim within the pod.
  resourceClaimName: The ResourceClaim that was made; none where none was needed.
PodExtendedResourceClaimStatus: The claim that was made for a pod's extended resources.
  requestMappings: Which request of the claim stands for which resource of which container.
  resourceClaimName: The ResourceClaim, in the pod's namespace.
ContainerExtendedResourceRequest: Which request of a claim stands for a container's extended resource.
  containerName: The container.
  resourceName: The extended resource.
  requestName: The request within the claim.
PodDNSConfig: How the pod looks up names.
  nameservers: Addresses of name servers.
  searches: Domains that are tried behind a short name.
  options: Options of the resolver.
PodDNSConfigOption: One option of the resolver.
  name: The option's name.
  value: The option's value, where it has one.
HostAlias: An address with its names, a line of /etc/hosts.
  ip: The address.
  hostnames: The names.
Affinity: Rules that draw a pod to nodes and other pods, or keep it away.
  nodeAffinity: Which nodes suit the pod, by their labels.
  podAffinity: Which pods it should be near.
  podAntiAffinity: Which pods it should keep away from.
NodeAffinity: Which nodes suit a pod.
  requiredDuringSchedulingIgnoredDuringExecution: What must hold for the pod to be placed. Pods that run already stay.
  preferredDuringSchedulingIgnoredDuringExecution: What would be good; the node with the highest sum of weights is preferred.
PodAffinity: Which pods a pod should be near.
  requiredDuringSchedulingIgnoredDuringExecution: What must hold for the pod to be placed; all of them. Pods that run already stay.
  preferredDuringSchedulingIgnoredDuringExecution: What would be good, with weights.
PodAntiAffinity: Which pods a pod should keep away from.
  requiredDuringSchedulingIgnoredDuringExecution: What must not be near; all of them. Pods that run already stay.
  preferredDuringSchedulingIgnoredDuringExecution: What had better not be near, with weights.
PodAffinityTerm: Pods, and the domain within which "near" is meant.
  labelSelector: The pods that are meant, by their labels. Without it none are.
  namespaces: The namespaces in which pods are looked for; without these and namespaceSelector, the pod's own.
  namespaceSelector: Namespaces by their labels, beside those that are named; {} means all.
  topologyKey: The node label whose equal values make one domain, such as kubernetes.io/hostname.
  matchLabelKeys: Labels whose values are taken from the new pod: only pods with the same values count.
  mismatchLabelKeys: Labels whose values are taken from the new pod: only pods with other values count.
WeightedPodAffinityTerm: A wish about other pods, with its weight.
  weight: From 1 to 100: how much it counts beside other wishes.
  podAffinityTerm: The pods and the domain.
PreferredSchedulingTerm: A wish about nodes, with its weight.
  weight: From 1 to 100: how much it counts beside other wishes.
  preference: The nodes that are preferred.
NodeSelector: Nodes, as any one of several terms describes them.
  nodeSelectorTerms: A node suits if one of the terms does. There is at least one.
NodeSelectorTerm: Nodes for which every requirement holds. A term without any suits no node.
  matchExpressions: Requirements of the node's labels.
  matchFields: Requirements of the node's fields; only metadata.name.
NodeSelectorRequirement: One requirement of a label or field.
  key: The label or field.
  operator: How key and values relate: In, NotIn, Exists, DoesNotExist, Gt or Lt.
  values: What it is compared with: something for In and NotIn, nothing for Exists and DoesNotExist, one whole number for Gt and Lt.
Toleration: A taint that the pod puts up with.
  key: The taint's key; without it, and with operator Exists, every taint.
  operator: How the values relate: Equal (the default), Exists (any value), Lt or Gt (of numbers).
  value: The taint's value.
  effect: The taint's effect: NoSchedule, PreferNoSchedule or NoExecute; without it any.
  tolerationSeconds: Of NoExecute: how long the pod stays once the taint is there; without it for ever.
Taint: Keeps pods off a node that do not tolerate it.
  key: The taint's key.
  value: The taint's value.
  effect: What becomes of pods that do not tolerate it: NoSchedule, PreferNoSchedule or NoExecute, which evicts those that run.
  timeAdded: When the taint was added.
TopologySpreadConstraint: How evenly pods like this one are spread over domains.
  maxSkew: By how many pods a domain may be ahead of the least filled one.
  topologyKey: The node label whose equal values make one domain.
  whenUnsatisfiable: What happens where no node keeps to it: DoNotSchedule, or ScheduleAnyway, which only prefers.
  labelSelector: The pods that are counted.
  minDomains: With fewer domains than this the least filled one counts as empty. Only with DoNotSchedule.
  nodeAffinityPolicy: Whether nodes that do not suit the pod's selector and affinity are left out: Honor (the default) or Ignore.
  nodeTaintsPolicy: Whether nodes whose taints the pod does not tolerate are left out: Honor or Ignore (the default).
  matchLabelKeys: Labels whose values are taken from the new pod: only pods with the same values are counted.
PodSecurityContext: Users, groups and rights of all containers of a pod.
  seLinuxOptions: The SELinux label of the containers.
  windowsOptions: Settings for Windows.
  runAsUser: The user id that programs run as; the image's when not given.
  runAsGroup: The group id that programs run as; the runtime's choice when not given.
  runAsNonRoot: Refuses to start a container that would run as user 0.
  supplementalGroups: More groups of each container's first process.
  supplementalGroupsPolicy: Whether the groups that the image names are joined too: Merge (the default) or Strict.
  fsGroup: A group that owns the volumes which allow it, and which the containers are in.
  fsGroupChangePolicy: When a volume's owner is changed to fsGroup: Always (the default), or OnRootMismatch, if its root has another one.
  sysctls: Kernel parameters for the pod.
  seccompProfile: Which system calls the containers may make.
  appArmorProfile: The AppArmor profile of the containers.
  seLinuxChangePolicy: How volumes get the SELinux label: MountOption or Recursive.
Sysctl: A kernel parameter.
  name: The parameter.
  value: Its value.
PodExecOptions: How a program is run in a container.
  container: The container; may be left out where the pod has only one.
  stdin: Whether standard input is sent.
  stdout: Whether standard output is wanted.
  stderr: Whether standard error is wanted.
  tty: Whether the program gets a terminal.
  command: The program and its arguments; no shell is between.
PodAttachOptions < PodExecOptions: How a running program's streams are taken up.
PodLogOptions: Which part of a container's log is wanted.
  container: The container; may be left out where the pod has only one.
  follow: Whether the answer goes on as the log grows.
  previous: The log of the container before its last restart.
  sinceSeconds: Only what is younger than so many seconds.
  sinceTime: Only what was written after this time.
  timestamps: Whether each line begins with its time.
  tailLines: Only so many lines from the end.
  limitBytes: How many bytes are sent at most.
  insecureSkipTLSVerifyBackend: Whether the kubelet's certificate is left unchecked.
  stream: All, Stdout or Stderr.
PodPortForwardOptions: Which ports of a pod are connected.
  ports: The ports.
PodProxyOptions: Which path of a pod is asked.
  path: The path below the pod.
Binding: Places a pod on a node.
  target: The node.
`;
