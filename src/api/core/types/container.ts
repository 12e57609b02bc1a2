/** Structs of core/v1: Container, SecurityContext, AppArmorProfile, SeccompProfile, WindowsSecurityContextOptions, SELinuxOptions, …. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { bool, int32, int64, intOrString, list, str, struct, sub } from '../../../apimachinery/schema.js';
import { ConfigMapKeySelector, LocalObjectReference, ObjectFieldSelector, ResourceFieldSelector, SecretKeySelector } from './reference.js';
import { ResourceRequirements } from './resources.js';
import { LINUX_SIGNALS } from '../signals.js';
import { VolumeDevice, VolumeMount } from './volume.js';

export const ContainerPort = struct('core/v1.ContainerPort', {
  name: str('Name string', 1).optional(),
  hostPort: int32('HostPort int32', 2).optional(),
  containerPort: int32('ContainerPort int32', 3),
  protocol: str('Protocol v1.Protocol=string', 4, { enum: ['SCTP', 'TCP', 'UDP'], default: 'TCP' }).optional(),
  hostIP: str('HostIP string', 5).optional(),
});
export type ContainerPort = z.output<typeof ContainerPort>;

export const ConfigMapEnvSource = struct(
  'core/v1.ConfigMapEnvSource',
  {
    ...LocalObjectReference.shape,
    optional: bool('Optional *bool', 2).optional(),
  },
  { inline: [['LocalObjectReference', LocalObjectReference, 1]] },
);
export type ConfigMapEnvSource = z.output<typeof ConfigMapEnvSource>;

export const SecretEnvSource = struct(
  'core/v1.SecretEnvSource',
  {
    ...LocalObjectReference.shape,
    optional: bool('Optional *bool', 2).optional(),
  },
  { inline: [['LocalObjectReference', LocalObjectReference, 1]] },
);
export type SecretEnvSource = z.output<typeof SecretEnvSource>;

export const EnvFromSource = struct('core/v1.EnvFromSource', {
  prefix: str('Prefix string', 1).optional(),
  configMapRef: sub(ConfigMapEnvSource, 'ConfigMapRef *core/v1.ConfigMapEnvSource', 2).optional(),
  secretRef: sub(SecretEnvSource, 'SecretRef *core/v1.SecretEnvSource', 3).optional(),
});
export type EnvFromSource = z.output<typeof EnvFromSource>;

export const FileKeySelector = struct(
  'core/v1.FileKeySelector',
  {
    volumeName: str('VolumeName string', 1),
    path: str('Path string', 2),
    key: str('Key string', 3),
    optional: bool('Optional *bool', 4, { default: false }).optional(),
  },
  { mapType: 'atomic' },
);
export type FileKeySelector = z.output<typeof FileKeySelector>;

export const EnvVarSource = struct('core/v1.EnvVarSource', {
  fieldRef: sub(ObjectFieldSelector, 'FieldRef *core/v1.ObjectFieldSelector', 1).optional(),
  resourceFieldRef: sub(ResourceFieldSelector, 'ResourceFieldRef *core/v1.ResourceFieldSelector', 2).optional(),
  configMapKeyRef: sub(ConfigMapKeySelector, 'ConfigMapKeyRef *core/v1.ConfigMapKeySelector', 3).optional(),
  secretKeyRef: sub(SecretKeySelector, 'SecretKeyRef *core/v1.SecretKeySelector', 4).optional(),
  fileKeyRef: sub(FileKeySelector, 'FileKeyRef *core/v1.FileKeySelector', 5).optional(),
});
export type EnvVarSource = z.output<typeof EnvVarSource>;

export const EnvVar = struct('core/v1.EnvVar', {
  name: str('Name string', 1),
  value: str('Value string', 2).optional(),
  valueFrom: sub(EnvVarSource, 'ValueFrom *core/v1.EnvVarSource', 3).optional(),
});
export type EnvVar = z.output<typeof EnvVar>;

export const ContainerResizePolicy = struct('core/v1.ContainerResizePolicy', {
  resourceName: str('ResourceName v1.ResourceName=string', 1),
  restartPolicy: str('RestartPolicy v1.ResourceResizeRestartPolicy=string', 2),
});
export type ContainerResizePolicy = z.output<typeof ContainerResizePolicy>;

export const ContainerRestartRuleOnExitCodes = struct('core/v1.ContainerRestartRuleOnExitCodes', {
  operator: str('Operator v1.ContainerRestartRuleOnExitCodesOperator=string', 1, { required: true }).optional(),
  values: list(int32(), 'Values []int32', 2, { listType: 'set' }).optional(),
});
export type ContainerRestartRuleOnExitCodes = z.output<typeof ContainerRestartRuleOnExitCodes>;

export const ContainerRestartRule = struct('core/v1.ContainerRestartRule', {
  action: str('Action v1.ContainerRestartRuleAction=string', 1, { required: true }).optional(),
  exitCodes: sub(ContainerRestartRuleOnExitCodes, 'ExitCodes *core/v1.ContainerRestartRuleOnExitCodes', 2).optional(),
});
export type ContainerRestartRule = z.output<typeof ContainerRestartRule>;

export const ExecAction = struct('core/v1.ExecAction', {
  command: list(str(), 'Command []string', 1, { listType: 'atomic' }).optional(),
});
export type ExecAction = z.output<typeof ExecAction>;

export const HTTPHeader = struct('core/v1.HTTPHeader', {
  name: str('Name string', 1),
  value: str('Value string', 2),
});
export type HTTPHeader = z.output<typeof HTTPHeader>;

export const HTTPGetAction = struct('core/v1.HTTPGetAction', {
  path: str('Path string', 1).optional(),
  port: intOrString('Port util/intstr.IntOrString', 2),
  host: str('Host string', 3).optional(),
  scheme: str('Scheme v1.URIScheme=string', 4, { enum: ['HTTP', 'HTTPS'] }).optional(),
  httpHeaders: list(HTTPHeader, 'HTTPHeaders []core/v1.HTTPHeader', 5, { listType: 'atomic' }).optional(),
});
export type HTTPGetAction = z.output<typeof HTTPGetAction>;

export const TCPSocketAction = struct('core/v1.TCPSocketAction', {
  port: intOrString('Port util/intstr.IntOrString', 1),
  host: str('Host string', 2).optional(),
});
export type TCPSocketAction = z.output<typeof TCPSocketAction>;

export const GRPCAction = struct('core/v1.GRPCAction', {
  port: int32('Port int32', 1),
  service: str('Service *string', 2, { required: false, default: '', omitempty: false }).optional(),
});
export type GRPCAction = z.output<typeof GRPCAction>;

export const ProbeHandler = struct('core/v1.ProbeHandler', {
  exec: sub(ExecAction, 'Exec *core/v1.ExecAction', 1).optional(),
  httpGet: sub(HTTPGetAction, 'HTTPGet *core/v1.HTTPGetAction', 2).optional(),
  tcpSocket: sub(TCPSocketAction, 'TCPSocket *core/v1.TCPSocketAction', 3).optional(),
  grpc: sub(GRPCAction, 'GRPC *core/v1.GRPCAction', 4).optional(),
});
export type ProbeHandler = z.output<typeof ProbeHandler>;

export const Probe = struct(
  'core/v1.Probe',
  {
    ...ProbeHandler.shape,
    initialDelaySeconds: int32('InitialDelaySeconds int32', 2).optional(),
    timeoutSeconds: int32('TimeoutSeconds int32', 3).optional(),
    periodSeconds: int32('PeriodSeconds int32', 4).optional(),
    successThreshold: int32('SuccessThreshold int32', 5).optional(),
    failureThreshold: int32('FailureThreshold int32', 6).optional(),
    terminationGracePeriodSeconds: int64('TerminationGracePeriodSeconds *int64', 7).optional(),
  },
  { inline: [['ProbeHandler', ProbeHandler, 1]] },
);
export type Probe = z.output<typeof Probe>;

export const SleepAction = struct('core/v1.SleepAction', {
  seconds: int64('Seconds int64', 1),
});
export type SleepAction = z.output<typeof SleepAction>;

export const LifecycleHandler = struct('core/v1.LifecycleHandler', {
  exec: sub(ExecAction, 'Exec *core/v1.ExecAction', 1).optional(),
  httpGet: sub(HTTPGetAction, 'HTTPGet *core/v1.HTTPGetAction', 2).optional(),
  tcpSocket: sub(TCPSocketAction, 'TCPSocket *core/v1.TCPSocketAction', 3).optional(),
  sleep: sub(SleepAction, 'Sleep *core/v1.SleepAction', 4).optional(),
});
export type LifecycleHandler = z.output<typeof LifecycleHandler>;

export const Lifecycle = struct('core/v1.Lifecycle', {
  postStart: sub(LifecycleHandler, 'PostStart *core/v1.LifecycleHandler', 1).optional(),
  preStop: sub(LifecycleHandler, 'PreStop *core/v1.LifecycleHandler', 2).optional(),
  stopSignal: str('StopSignal *v1.Signal=string', 3, { enum: LINUX_SIGNALS }).optional(),
});
export type Lifecycle = z.output<typeof Lifecycle>;

export const Capabilities = struct('core/v1.Capabilities', {
  add: list(str(), 'Add []v1.Capability=string', 1, { listType: 'atomic' }).optional(),
  drop: list(str(), 'Drop []v1.Capability=string', 2, { listType: 'atomic' }).optional(),
});
export type Capabilities = z.output<typeof Capabilities>;

export const SELinuxOptions = struct('core/v1.SELinuxOptions', {
  user: str('User string', 1).optional(),
  role: str('Role string', 2).optional(),
  type: str('Type string', 3).optional(),
  level: str('Level string', 4).optional(),
});
export type SELinuxOptions = z.output<typeof SELinuxOptions>;

export const WindowsSecurityContextOptions = struct('core/v1.WindowsSecurityContextOptions', {
  gmsaCredentialSpecName: str('GMSACredentialSpecName *string', 1).optional(),
  gmsaCredentialSpec: str('GMSACredentialSpec *string', 2).optional(),
  runAsUserName: str('RunAsUserName *string', 3).optional(),
  hostProcess: bool('HostProcess *bool', 4).optional(),
});
export type WindowsSecurityContextOptions = z.output<typeof WindowsSecurityContextOptions>;

export const SeccompProfile = struct(
  'core/v1.SeccompProfile',
  {
    type: str('Type v1.SeccompProfileType=string', 1, { enum: ['Localhost', 'RuntimeDefault', 'Unconfined'] }),
    localhostProfile: str('LocalhostProfile *string', 2).optional(),
  },
  { openapi: { 'x-kubernetes-unions': [{ discriminator: 'type', 'fields-to-discriminateBy': { localhostProfile: 'LocalhostProfile' } }] } },
);
export type SeccompProfile = z.output<typeof SeccompProfile>;

export const AppArmorProfile = struct(
  'core/v1.AppArmorProfile',
  {
    type: str('Type v1.AppArmorProfileType=string', 1, { enum: ['Localhost', 'RuntimeDefault', 'Unconfined'] }),
    localhostProfile: str('LocalhostProfile *string', 2).optional(),
  },
  { openapi: { 'x-kubernetes-unions': [{ discriminator: 'type', 'fields-to-discriminateBy': { localhostProfile: 'LocalhostProfile' } }] } },
);
export type AppArmorProfile = z.output<typeof AppArmorProfile>;

export const SecurityContext = struct('core/v1.SecurityContext', {
  capabilities: sub(Capabilities, 'Capabilities *core/v1.Capabilities', 1).optional(),
  privileged: bool('Privileged *bool', 2).optional(),
  seLinuxOptions: sub(SELinuxOptions, 'SELinuxOptions *core/v1.SELinuxOptions', 3).optional(),
  windowsOptions: sub(WindowsSecurityContextOptions, 'WindowsOptions *core/v1.WindowsSecurityContextOptions', 10).optional(),
  runAsUser: int64('RunAsUser *int64', 4).optional(),
  runAsGroup: int64('RunAsGroup *int64', 8).optional(),
  runAsNonRoot: bool('RunAsNonRoot *bool', 5).optional(),
  readOnlyRootFilesystem: bool('ReadOnlyRootFilesystem *bool', 6).optional(),
  allowPrivilegeEscalation: bool('AllowPrivilegeEscalation *bool', 7).optional(),
  procMount: str('ProcMount *v1.ProcMountType=string', 9, { enum: ['Default', 'Unmasked'] }).optional(),
  seccompProfile: sub(SeccompProfile, 'SeccompProfile *core/v1.SeccompProfile', 11).optional(),
  appArmorProfile: sub(AppArmorProfile, 'AppArmorProfile *core/v1.AppArmorProfile', 12).optional(),
});
export type SecurityContext = z.output<typeof SecurityContext>;

/** Go spells them out twice. */
const containerFields = {
  name: str('Name string', 1),
  image: str('Image string', 2).optional(),
  command: list(str(), 'Command []string', 3, { listType: 'atomic' }).optional(),
  args: list(str(), 'Args []string', 4, { listType: 'atomic' }).optional(),
  workingDir: str('WorkingDir string', 5).optional(),
  ports: list(ContainerPort, 'Ports []core/v1.ContainerPort', 6, {
    patch: 'merge',
    key: 'containerPort',
    listType: 'map',
    mapKeys: ['containerPort', 'protocol'],
  }).optional(),
  envFrom: list(EnvFromSource, 'EnvFrom []core/v1.EnvFromSource', 19, { listType: 'atomic' }).optional(),
  env: list(EnvVar, 'Env []core/v1.EnvVar', 7, { patch: 'merge', key: 'name', listType: 'map', mapKeys: ['name'] }).optional(),
  resources: sub(ResourceRequirements, 'Resources core/v1.ResourceRequirements', 8, { omitempty: true }),
  resizePolicy: list(ContainerResizePolicy, 'ResizePolicy []core/v1.ContainerResizePolicy', 23, { listType: 'atomic' }).optional(),
  restartPolicy: str('RestartPolicy *v1.ContainerRestartPolicy=string', 24).optional(),
  restartPolicyRules: list(ContainerRestartRule, 'RestartPolicyRules []core/v1.ContainerRestartRule', 25, { listType: 'atomic' }).optional(),
  volumeMounts: list(VolumeMount, 'VolumeMounts []core/v1.VolumeMount', 9, {
    patch: 'merge',
    key: 'mountPath',
    listType: 'map',
    mapKeys: ['mountPath'],
  }).optional(),
  volumeDevices: list(VolumeDevice, 'VolumeDevices []core/v1.VolumeDevice', 21, {
    patch: 'merge',
    key: 'devicePath',
    listType: 'map',
    mapKeys: ['devicePath'],
  }).optional(),
  livenessProbe: sub(Probe, 'LivenessProbe *core/v1.Probe', 10).optional(),
  readinessProbe: sub(Probe, 'ReadinessProbe *core/v1.Probe', 11).optional(),
  startupProbe: sub(Probe, 'StartupProbe *core/v1.Probe', 22).optional(),
  lifecycle: sub(Lifecycle, 'Lifecycle *core/v1.Lifecycle', 12).optional(),
  terminationMessagePath: str('TerminationMessagePath string', 13).optional(),
  terminationMessagePolicy: str('TerminationMessagePolicy v1.TerminationMessagePolicy=string', 20, { enum: ['FallbackToLogsOnError', 'File'] }).optional(),
  imagePullPolicy: str('ImagePullPolicy v1.PullPolicy=string', 14, { enum: ['Always', 'IfNotPresent', 'Never'] }).optional(),
  securityContext: sub(SecurityContext, 'SecurityContext *core/v1.SecurityContext', 15).optional(),
  stdin: bool('Stdin bool', 16).optional(),
  stdinOnce: bool('StdinOnce bool', 17).optional(),
  tty: bool('TTY bool', 18).optional(),
};

export const Container = struct('core/v1.Container', containerFields);
export type Container = z.output<typeof Container>;

export const EphemeralContainerCommon = struct('core/v1.EphemeralContainerCommon', containerFields);
export type EphemeralContainerCommon = z.output<typeof EphemeralContainerCommon>;

export const EphemeralContainer = struct(
  'core/v1.EphemeralContainer',
  {
    ...EphemeralContainerCommon.shape,
    targetContainerName: str('TargetContainerName string', 2).optional(),
  },
  { inline: [['EphemeralContainerCommon', EphemeralContainerCommon, 1]] },
);
export type EphemeralContainer = z.output<typeof EphemeralContainer>;
