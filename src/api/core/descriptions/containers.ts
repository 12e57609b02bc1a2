/**
 * What containers, their probes, environment, rights and states are, in words:
 * a struct a paragraph, a field a line, as src/api/descriptions.ts reads them.
 */
export const containers = `
Container: A program from an image, run within a pod.
  name: The container's name, of its own within the pod.
  image: The image to run, such as registry.example.com/team/web:1.2.
  command: The program to run instead of the image's entry point. $(NAME) stands for an environment variable, $$(NAME) for those very characters.
  args: Arguments instead of the image's. $(NAME) stands for an environment variable, as in command.
  workingDir: The folder in which the program starts; the image's when not given.
  ports: Ports that the container listens on. They tell; what is not listed can be reached all the same.
  envFrom: ConfigMaps and Secrets whose every key becomes an environment variable. env comes before them.
  env: Environment variables.
  resources: How much of the node the container needs and may take.
  resizePolicy: Whether a change of a resource needs a restart.
  restartPolicy: Of this container alone. Always makes an init container a sidecar; Never and OnFailure overrule the pod's own.
  restartPolicyRules: Exit codes after which the container is restarted, whatever restartPolicy says; the first that fits counts.
  volumeMounts: Where the pod's volumes appear in the container's file system.
  volumeDevices: Where block volumes appear as devices.
  livenessProbe: Asked again and again; when it fails the container is restarted.
  readinessProbe: Asked again and again; while it fails the pod gets no traffic from Services.
  startupProbe: Asked from the start until it succeeds once; the other probes wait for it, and when it fails the container is restarted.
  lifecycle: What is done right after the start and right before the end.
  terminationMessagePath: The file whose content becomes the message of the container's end; /dev/termination-log by default.
  terminationMessagePolicy: File (the default) reads the message from that file; FallbackToLogsOnError takes the log's end where the file is empty and the program failed.
  imagePullPolicy: When the image is pulled: Always, Never or IfNotPresent. By default Always for the tag latest, IfNotPresent otherwise.
  securityContext: Users, groups and rights of this container; they come before the pod's.
  stdin: Keeps standard input open for who attaches.
  stdinOnce: Closes standard input after the first who attached has gone.
  tty: Gives the program a terminal. Needs stdin.
EphemeralContainer < Container: A container added to a running pod to look into it. It is never restarted, and has no ports, probes or resources of its own.
  targetContainerName: The container whose processes it sees.
EphemeralContainerCommon < Container: What an ephemeral container has in common with others.
ContainerPort: A port that a container listens on.
  name: A name for the port, of its own within the pod, that Services can refer to.
  hostPort: A port of the node that leads to this one. Seldom needed.
  containerPort: The port's number.
  protocol: TCP (the default), UDP or SCTP.
  hostIP: The node's address that the host port is bound to.
EnvVar: An environment variable.
  name: The variable's name.
  value: Its value. $(NAME) stands for a variable before it, $$(NAME) for those very characters.
  valueFrom: Where the value is taken from instead.
EnvVarSource: Where a variable's value comes from; one of these.
  fieldRef: A field of the pod.
  resourceFieldRef: A request or limit of a container.
  configMapKeyRef: A key of a ConfigMap.
  secretKeyRef: A key of a Secret.
  fileKeyRef: A variable in a file of a volume.
EnvFromSource: A ConfigMap or Secret whose keys become variables.
  prefix: Put before every name.
  configMapRef: The ConfigMap.
  secretRef: The Secret.
ConfigMapEnvSource: A ConfigMap of the pod's namespace.
  name: The ConfigMap.
  optional: Whether the container starts without it.
SecretEnvSource: A Secret of the pod's namespace.
  name: The Secret.
  optional: Whether the container starts without it.
ConfigMapKeySelector: One key of a ConfigMap.
  name: The ConfigMap, in the pod's namespace.
  key: The key.
  optional: Whether ConfigMap and key may be missing.
SecretKeySelector: One key of a Secret.
  name: The Secret, in the namespace of who refers to it.
  key: The key.
  optional: Whether Secret and key may be missing.
FileKeySelector: One variable in a file of variables.
  volumeName: The volume that holds the file; an emptyDir.
  path: The file, from the volume's root.
  key: The variable in the file.
  optional: Whether file and variable may be missing.
ObjectFieldSelector: A field of an object.
  apiVersion: The version in which the path is read; v1 by default.
  fieldPath: The field's path, such as metadata.name or status.podIP.
ResourceFieldSelector: A request or limit of a container.
  containerName: The container; needed in volumes, one's own in variables.
  resource: Which one, such as limits.cpu.
  divisor: The unit in which it is told; 1 by default.
ResourceRequirements: What a container needs and may take.
  limits: The most that may be used: CPU is held back at it, memory beyond it ends the container.
  requests: What is set aside on the node; the limits where only those are given.
  claims: Claims of the pod that this container uses.
ResourceClaim: A claim of the pod that a container uses.
  name: The claim's name in the pod's resourceClaims.
  request: One request of the claim; all when not given.
VolumeResourceRequirements: How much storage a claim wants.
  limits: The most that may be given.
  requests: The least that must be given.
ContainerResizePolicy: What a change of one resource means for the container.
  resourceName: cpu or memory.
  restartPolicy: NotRequired (the default) or RestartContainer.
ContainerRestartRule: When a container that ended is restarted all the same.
  action: Restart, or RestartAllContainers of the pod.
  exitCodes: The exit codes to which the rule applies.
ContainerRestartRuleOnExitCodes: Exit codes.
  operator: In or NotIn.
  values: The codes.
ProbeHandler: A question to a container; one of these.
  exec: Runs a program in the container; exit code 0 means yes.
  httpGet: Asks over HTTP; an answer from 200 to 399 means yes.
  tcpSocket: Opens a connection; that it opens means yes.
  grpc: Asks gRPC's health service.
Probe < ProbeHandler: A question that is asked of a container again and again.
  initialDelaySeconds: How long after the container's start the first question is asked.
  timeoutSeconds: How long the answer may take; 1 second by default.
  periodSeconds: How often it is asked; every 10 seconds by default.
  successThreshold: How many answers in a row make it good again; 1 by default, and always for liveness and startup.
  failureThreshold: How many failures in a row make it bad; 3 by default.
  terminationGracePeriodSeconds: How long the container has to end when this probe fails; the pod's time when not given.
ExecAction: Runs a program in the container.
  command: The program and its arguments; no shell is between.
HTTPGetAction: Asks over HTTP.
  path: The path to ask for.
  port: The port, by number or by the container's name for it.
  host: The host to connect to; the pod's address when not given.
  scheme: HTTP (the default) or HTTPS, whose certificate is not checked.
  httpHeaders: Headers to send.
HTTPHeader: A header of a request.
  name: The header's name.
  value: Its value.
TCPSocketAction: Opens a connection.
  port: The port, by number or by the container's name for it.
  host: The host to connect to; the pod's address when not given.
GRPCAction: Asks gRPC's health service.
  port: The port's number.
  service: The service whose health is asked for; the server's as a whole when not given.
SleepAction: Waits.
  seconds: How long.
Lifecycle: What is done at a container's start and end.
  postStart: Done right after the start, beside the program. When it fails the container is killed.
  preStop: Done before the container is asked to stop, within the grace period.
  stopSignal: The signal that asks the container to stop; the image's when not given. Needs the pod's os.
LifecycleHandler: What is done; one of these.
  exec: Runs a program in the container.
  httpGet: Asks over HTTP.
  tcpSocket: Of old; does nothing.
  sleep: Waits.
Capabilities: Rights of Linux, given and taken.
  add: Capabilities to add.
  drop: Capabilities to take away.
SecurityContext: Users, groups and rights of one container. What is said here comes before the pod's.
  capabilities: Rights of Linux beside or below the usual ones.
  privileged: Gives the container all rights of the node's root.
  seLinuxOptions: The container's SELinux label.
  windowsOptions: Settings for Windows.
  runAsUser: The user id that the program runs as; the image's when not given.
  runAsGroup: The group id that the program runs as.
  runAsNonRoot: Refuses to start the container if it would run as user 0.
  readOnlyRootFilesystem: Makes the root file system read-only; volumes are not touched by it.
  allowPrivilegeEscalation: Whether a process may gain more rights than its parent has.
  procMount: How /proc is mounted: Default, which hides some paths, or Unmasked.
  seccompProfile: Which system calls may be made.
  appArmorProfile: The AppArmor profile.
SeccompProfile: Which system calls may be made.
  type: RuntimeDefault, Unconfined, or Localhost for a file on the node.
  localhostProfile: The file, below the kubelet's folder of profiles. Only with Localhost.
AppArmorProfile: What AppArmor allows.
  type: RuntimeDefault, Unconfined, or Localhost for a profile loaded on the node.
  localhostProfile: The profile's name. Only with Localhost.
SELinuxOptions: An SELinux label.
  user: The user part.
  role: The role part.
  type: The type part.
  level: The level part.
WindowsSecurityContextOptions: Settings for containers on Windows.
  gmsaCredentialSpecName: The name of the managed service account's credential spec.
  gmsaCredentialSpec: The credential spec itself.
  runAsUserName: The user that the program runs as.
  hostProcess: Runs on the host itself; so must all containers of the pod.
ContainerState: What a container is doing; one of these, waiting when none is given.
  waiting: It does not run yet.
  running: It runs.
  terminated: It has ended.
ContainerStateWaiting: Why a container does not run yet.
  reason: In one word, such as ContainerCreating or CrashLoopBackOff.
  message: For people to read.
ContainerStateRunning: A container that runs.
  startedAt: Since when.
ContainerStateTerminated: How a container ended.
  exitCode: The program's exit code.
  signal: The signal that ended it.
  reason: In one word, such as Completed, Error or OOMKilled.
  message: What it left as its message.
  startedAt: When it had started.
  finishedAt: When it ended.
  containerID: The container's id, with the runtime's name before it.
ContainerStatus: What has become of one container.
  name: The container's name.
  state: What it is doing now.
  lastState: How it ended before its last restart.
  ready: Whether its readiness probe, where it has one, is good.
  restartCount: How often it has been restarted.
  image: The image that runs.
  imageID: The image's id or digest.
  containerID: The container's id, with the runtime's name before it.
  started: Whether it runs and its startup probe, where it has one, has succeeded.
  allocatedResources: What the node has set aside for it.
  resources: Requests and limits that hold now.
  volumeMounts: How its volumes are mounted.
  user: The user that its first process began as.
  allocatedResourcesStatus: How its devices are.
  stopSignal: The signal that asks it to stop.
ContainerUser: Who a container's first process runs as.
  linux: On Linux.
LinuxContainerUser: User and groups of a process on Linux.
  uid: The user id.
  gid: The group id.
  supplementalGroups: More groups.
VolumeMountStatus: How a volume is mounted in a container.
  name: The volume's name.
  mountPath: Where it is mounted.
  readOnly: Whether it is read-only.
  recursiveReadOnly: Whether what is mounted below is read-only too.
  volumeStatus: What is told of the volume itself.
VolumeStatus: What is told of a mounted volume.
  image: Of a volume from an image.
ImageVolumeStatus: What is told of a volume from an image.
  imageRef: The image's digest.
ResourceStatus: How the devices behind a resource are.
  name: The resource, or claim:NAME/REQUEST.
  resources: Each device with its health.
ResourceHealth: How one device is.
  resourceID: The device.
  health: Healthy, Unhealthy or Unknown.
  message: For people to read.
`;
