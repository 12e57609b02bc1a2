/** What roles and their bindings are, in words, as src/api/descriptions.ts reads them. */
export const rbac = `
Role: What may be done in one namespace.
  rules: What may be done.
ClusterRole: What may be done in the whole cluster, or in a namespace where a RoleBinding says so.
  rules: What may be done.
  aggregationRule: Other cluster roles whose rules make up this one's.
AggregationRule: Cluster roles whose rules are gathered.
  clusterRoleSelectors: The roles, by their labels; one that fits is enough.
PolicyRule: Something that may be done.
  verbs: What is done: get, list, watch, create, update, patch, delete and others; "*" is all.
  apiGroups: Groups of the resources; "" is the core group, "*" is all.
  resources: Resources, subresources as in pods/log; "*" is all.
  resourceNames: Only objects of these names; all when none is listed.
  nonResourceURLs: Paths that are no resources, such as /healthz; "*" may stand at the end. In cluster roles only.
RoleBinding: Gives a role to users, groups and service accounts, in one namespace.
  subjects: Who gets it.
  roleRef: A Role of the namespace, or a ClusterRole. It cannot change.
ClusterRoleBinding: Gives a cluster role to users, groups and service accounts, in the whole cluster.
  subjects: Who gets it.
  roleRef: The ClusterRole. It cannot change.
RoleRef: A role.
  apiGroup: rbac.authorization.k8s.io.
  kind: Role or ClusterRole.
  name: Its name.
Subject: Who gets a role.
  kind: User, Group or ServiceAccount.
  apiGroup: "" for service accounts, rbac.authorization.k8s.io for users and groups.
  name: The name.
  namespace: The namespace, of service accounts.
`;
