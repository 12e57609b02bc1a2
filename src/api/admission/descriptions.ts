/** What admission's questions and answers are, in words, as src/api/descriptions.ts reads them. */
export const admission = `
AdmissionReview: A question to a webhook, and its answer.
  request: The question.
  response: The answer.
AdmissionRequest: What somebody wants to do.
  uid: The question's id; the answer repeats it.
  kind: The kind that the webhook asked for.
  resource: The resource that the webhook asked for.
  subResource: The subresource.
  requestKind: The kind that was really sent.
  requestResource: The resource that was really asked.
  requestSubResource: The subresource that was really asked.
  name: The object's name; empty while the server is to make one.
  namespace: Its namespace.
  operation: CREATE, UPDATE, DELETE or CONNECT.
  userInfo: Who wants it.
  object: The object as it is to be.
  oldObject: The object as it is.
  dryRun: Whether nothing will be kept.
  options: The options of the request.
AdmissionResponse: Whether it may be done.
  uid: The question's id.
  allowed: Whether it may.
  status: Why it may not.
  patch: Changes to the object.
  patchType: JSONPatch.
  auditAnnotations: Notes for the audit log.
  warnings: What who asks is warned of.
`;
