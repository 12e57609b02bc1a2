/** What reviews of tokens and requests for them are, in words, as src/api/descriptions.ts reads them. */
export const authentication = `
TokenReview: Asks whose token it is.
  spec: The token.
  status: Whose it is.
TokenReviewSpec: The token that is asked about.
  token: The token.
  audiences: For whom it should be; the API server by default.
TokenReviewStatus: Whose token it is.
  authenticated: Whether it is good.
  user: Whose it is.
  audiences: For whom it is, of those that were asked about.
  error: Why it could not be checked.
UserInfo: A user.
  username: The name.
  uid: An id that tells users of one name apart.
  groups: The groups that the user is in.
SelfSubjectReview: Asks who one is.
  status: Who one is.
SelfSubjectReviewStatus: Who one is.
  userInfo: The user.
TokenRequest: Asks for a token of a service account.
  spec: Which token.
  status: The token.
TokenRequestSpec: Which token is asked for.
  audiences: For whom it is to be.
  expirationSeconds: How long it is to be good; an hour by default.
  boundObjectRef: An object with which it ends.
TokenRequestStatus: The token.
  token: The token.
  expirationTimestamp: When it ends.
BoundObjectReference: An object with which a token ends.
  kind: Pod, Secret or Node.
  apiVersion: Its group and version.
  name: Its name.
  uid: Its uid.
`;
