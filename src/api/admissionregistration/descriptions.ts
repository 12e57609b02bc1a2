/** What admission's webhooks and policies are, in words, as src/api/descriptions.ts reads them. */
/** How a webhook is reached: apiextensions has the same structs. */
export const WEBHOOK_CLIENT_CONFIG = `WebhookClientConfig: Where a webhook is: an address, or a Service.
  url: The address, with https.
  service: The Service.
  caBundle: Certificates that its own must come from, as PEM in base64.
ServiceReference: A Service and what is asked of it.
  namespace: Its namespace.
  name: Its name.
  path: The path to ask for.
  port: The port; 443 by default.
`;

export const admissionregistration = `
ValidatingWebhookConfiguration: Webhooks that are asked whether a change may be made.
  webhooks: The webhooks.
MutatingWebhookConfiguration: Webhooks that may alter what is written.
  webhooks: The webhooks, asked in order.
ValidatingWebhook: A webhook that is asked whether a change may be made.
  name: Its name, such as check.example.com.
  clientConfig: Where it is.
  rules: What it is asked about; one that fits is enough.
  failurePolicy: What happens when it cannot be asked: Fail (the default) or Ignore.
  matchPolicy: Equivalent (the default) asks also when the same is done through another version; Exact does not.
  namespaceSelector: Namespaces in which it is asked, by their labels; all by default.
  objectSelector: Objects about which it is asked, by their labels; all by default.
  sideEffects: Whether asking changes anything elsewhere: None or NoneOnDryRun.
  timeoutSeconds: How long it may take, from 1 to 30; 10 by default.
  admissionReviewVersions: Versions of AdmissionReview that it knows, the best first.
MutatingWebhook < ValidatingWebhook: A webhook that may alter what is written.
  reinvocationPolicy: Whether it is asked again when others alter more: Never (the default) or IfNeeded.
RuleWithOperations < Rule: Changes that are meant.
  operations: CREATE, UPDATE, DELETE, CONNECT or "*".
Rule: Resources that are meant.
  apiGroups: Groups; "*" is all.
  apiVersions: Versions; "*" is all.
  resources: Resources, subresources as in pods/status; "*" is all resources, "*/*" all of both.
  scope: Cluster, Namespaced or "*" (the default).
NamedRuleWithOperations < RuleWithOperations: Changes that are meant, of objects by name.
  resourceNames: The names; all when none is listed.
${WEBHOOK_CLIENT_CONFIG}MatchCondition: An expression that must be true for a request to be looked at.
  name: Its name.
  expression: The expression, in CEL.
ValidatingAdmissionPolicy: Rules in CEL about what may be written. A binding puts it to use.
  spec: The rules.
  status: What is wrong with them.
ValidatingAdmissionPolicySpec: Rules about what may be written.
  paramKind: The kind of the objects with settings.
  matchConstraints: What the policy is about.
  validations: What must be true.
  failurePolicy: What happens when an expression fails: Fail (the default) or Ignore.
  auditAnnotations: What is noted in the audit log.
  variables: Expressions under names that others can use.
ValidatingAdmissionPolicyStatus: What is wrong with a policy.
  typeChecking: What the types of its expressions tell.
Validation: Something that must be true.
  expression: The expression, in CEL.
  message: What is said where it is not.
  reason: What kind of error it is; Invalid by default.
  messageExpression: An expression that makes the message.
AuditAnnotation: A note for the audit log.
  key: Its key.
  valueExpression: An expression that makes its value.
TypeChecking: What types of expressions tell.
  expressionWarnings: The warnings.
ExpressionWarning: A warning about one expression.
  fieldRef: Where the expression is.
  warning: What is wrong.
Variable: An expression under a name.
  name: The name; others say variables.NAME.
  expression: The expression, in CEL.
ParamKind: The kind of objects with settings.
  apiVersion: Its group and version.
  kind: The kind.
ParamRef: Objects with settings.
  name: One by name.
  namespace: Its namespace; the request's when not given.
  selector: Several by labels. Not with name.
  parameterNotFoundAction: What happens where there is none: Allow or Deny.
MatchResources: What a policy is about.
  namespaceSelector: Namespaces, by their labels; all by default.
  objectSelector: Objects, by their labels; all by default.
  resourceRules: Changes that are meant; one that fits is enough.
  excludeResourceRules: Changes that are not meant, whatever else fits.
  matchPolicy: Equivalent (the default) minds also what is done through another version; Exact does not.
ValidatingAdmissionPolicyBinding: Puts a policy to use.
  spec: Which policy, where and with which settings.
ValidatingAdmissionPolicyBindingSpec: Which policy, where and with which settings.
  policyName: The policy.
  paramRef: Objects with settings.
  matchResources: Where it is used; everywhere by default.
  validationActions: What a violation does: Deny, Warn or Audit.
MutatingAdmissionPolicy: Changes in CEL to what is written. A binding puts it to use.
  spec: The changes.
MutatingAdmissionPolicySpec: Changes to what is written.
  paramKind: The kind of the objects with settings.
  matchConstraints: What the policy is about.
  variables: Expressions under names that others can use.
  mutations: The changes, made in order.
  failurePolicy: What happens when an expression fails: Fail (the default) or Ignore.
  reinvocationPolicy: Whether it is used again when others alter more: Never or IfNeeded.
Mutation: One change.
  patchType: ApplyConfiguration or JSONPatch; the field of that name goes with it.
  applyConfiguration: An object that is applied.
  jsonPatch: Operations of a JSON patch.
ApplyConfiguration: An object that is applied.
  expression: The expression that makes it, in CEL.
JSONPatch: Operations of a JSON patch.
  expression: The expression that makes them, in CEL.
MutatingAdmissionPolicyBinding: Puts a policy to use.
  spec: Which policy, where and with which settings.
MutatingAdmissionPolicyBindingSpec: Which policy, where and with which settings.
  policyName: The policy.
  paramRef: Objects with settings.
  matchResources: Where it is used; everywhere by default.
`;
