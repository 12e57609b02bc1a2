/** What requests for certificates are, in words, as src/api/descriptions.ts reads them. */
export const certificates = `
CertificateSigningRequest: Asks a signer for a certificate. Somebody has to approve it.
  spec: What is asked for. It cannot change.
  status: What became of it, and the certificate.
CertificateSigningRequestSpec: What is asked for, and by whom.
  request: The request, a PEM file in base64.
  signerName: Who is to sign.
  expirationSeconds: How long the certificate is to be good; at least 10 minutes.
  usages: What the certificate is for.
  username: Who asks. Filled in by the server.
  uid: The id of who asks. Filled in by the server.
  groups: The groups of who asks. Filled in by the server.
CertificateSigningRequestStatus: What became of a request.
  conditions: Approved, Denied or Failed.
  certificate: The certificate, a PEM file in base64.
CertificateSigningRequestCondition: One thing that holds of a request.
  type: Approved, Denied or Failed.
`;
