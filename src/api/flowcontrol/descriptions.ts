/** What priorities of requests are, in words, as src/api/descriptions.ts reads them. */
export const flowcontrol = `
FlowSchema: Which requests are of which priority level.
  spec: Which requests, and which level.
  status: Whether the level is there.
FlowSchemaSpec: Which requests, and which level.
  priorityLevelConfiguration: The level.
  matchingPrecedence: Of several schemas that fit, the one with the smallest number counts; 1000 by default.
  distinguisherMethod: How requests are told apart into flows; all are one when not given.
  rules: The requests; one that fits is enough.
FlowSchemaStatus: Whether the level is there.
FlowSchemaCondition: One thing that holds of a flow schema, or does not.
  type: Dangling: whether its level is missing.
FlowDistinguisherMethod: How requests are told apart into flows.
  type: ByUser or ByNamespace.
PriorityLevelConfigurationReference: A priority level.
  name: Its name.
PolicyRulesWithSubjects: Requests, by who makes them and what they are.
  subjects: Who.
  resourceRules: What, with resources.
  nonResourceRules: What, with paths.
Subject: Who makes requests.
  kind: User, Group or ServiceAccount; the field of that name goes with it.
  user: A user.
  group: A group.
  serviceAccount: A service account.
UserSubject: A user.
  name: The name; "*" is all.
GroupSubject: A group.
  name: The name; "*" is all.
ServiceAccountSubject: A service account.
  namespace: Its namespace.
  name: Its name; "*" is all.
ResourcePolicyRule: Requests with resources.
  verbs: What is done; "*" is everything.
  apiGroups: Groups; "*" is all.
  resources: Resources; "*" is all.
  clusterScope: Whether those without a namespace are meant.
  namespaces: Namespaces; "*" is all.
NonResourcePolicyRule: Requests with paths.
  verbs: What is done; "*" is everything.
  nonResourceURLs: The paths; "*" is all.
PriorityLevelConfiguration: How many requests of a level are answered at once, and what the others do.
  spec: How many.
  status: What holds of it.
PriorityLevelConfigurationSpec: How many requests are answered at once.
  type: Exempt or Limited; the field of that name goes with it.
  limited: Of a level with a limit.
  exempt: Of a level without one.
PriorityLevelConfigurationStatus: What holds of a level.
PriorityLevelConfigurationCondition: One thing that holds of a level, or does not.
LimitedPriorityLevelConfiguration: A level with a limit.
  nominalConcurrencyShares: Its share of all requests that are answered at once; 30 by default.
  limitResponse: What happens to requests beyond.
  lendablePercent: How much of its share it may lend to others.
  borrowingLimitPercent: How much it may borrow; any when not given.
ExemptPriorityLevelConfiguration: A level without a limit.
  nominalConcurrencyShares: Its share, which it may go beyond; 0 by default.
  lendablePercent: How much of its share it may lend to others.
LimitResponse: What happens to requests beyond the limit.
  type: Queue or Reject.
  queuing: The queues. Only with Queue.
QueuingConfiguration: Queues of requests.
  queues: How many; 64 by default.
  handSize: How many of them one flow may use; 8 by default.
  queueLengthLimit: How many requests one holds; 50 by default.
`;
