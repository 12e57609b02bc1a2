/** What reviews of access are, in words, as src/api/descriptions.ts reads them. */
export const authorization = `
SubjectAccessReview: Asks whether somebody may do something.
  spec: Who and what.
  status: Whether.
SubjectAccessReviewSpec: Who, and what.
  resourceAttributes: Something with a resource.
  nonResourceAttributes: Something with a path. Not with the other.
  user: The user's name.
  groups: The user's groups.
  uid: The user's id.
LocalSubjectAccessReview: Asks whether somebody may do something in this namespace.
  spec: Who and what.
  status: Whether.
SelfSubjectAccessReview: Asks whether one may do something oneself.
  spec: What.
  status: Whether.
SelfSubjectAccessReviewSpec: What one may do.
  resourceAttributes: Something with a resource.
  nonResourceAttributes: Something with a path. Not with the other.
SubjectAccessReviewStatus: Whether it is allowed.
  allowed: Whether it is.
  denied: Whether it is forbidden, whatever others say.
  reason: Why.
  evaluationError: What went wrong in finding out. Something may be known all the same.
ResourceAttributes: What is done with a resource.
  namespace: The namespace; all of them, or none, when empty.
  verb: What is done: get, list, create and others; "*" is everything.
  subresource: The subresource.
  name: The object's name; all when empty.
  fieldSelector: Which objects, by their fields.
  labelSelector: Which objects, by their labels.
FieldSelectorAttributes: Objects by their fields.
  rawSelector: As text.
  requirements: As requirements. Not with text.
LabelSelectorAttributes: Objects by their labels.
  rawSelector: As text.
  requirements: As requirements. Not with text.
NonResourceAttributes: What is done with a path.
  path: The path.
  verb: What is done, such as get.
SelfSubjectRulesReview: Asks for everything that one may do in a namespace.
  spec: The namespace.
  status: What one may do.
SelfSubjectRulesReviewSpec: Where.
  namespace: The namespace.
SubjectRulesReviewStatus: What one may do.
  resourceRules: With resources.
  nonResourceRules: With paths.
  incomplete: Whether there may be more.
  evaluationError: What went wrong in finding out.
ResourceRule: What may be done with resources.
  verbs: What is done.
  apiGroups: Groups.
  resources: Resources.
  resourceNames: Names; all when none is listed.
NonResourceRule: What may be done with paths.
  verbs: What is done.
  nonResourceURLs: The paths.
`;
