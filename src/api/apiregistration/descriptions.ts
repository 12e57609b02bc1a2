/** What API services are, in words, as src/api/descriptions.ts reads them. */
export const apiregistration = `
APIService: Who serves a group and version. Its name is VERSION.GROUP.
  spec: Who serves it.
  status: Whether it can be reached.
APIServiceSpec: Who serves a group and version.
  service: The Service of the server; none where this server does it itself.
  insecureSkipTLSVerify: Whether the server's certificate is left unchecked.
  caBundle: Certificates that the server's own must come from, as PEM in base64.
  groupPriorityMinimum: Where the group stands among groups; higher comes first.
  versionPriority: Where the version stands within the group; higher comes first.
APIServiceStatus: Whether it can be reached.
APIServiceCondition: One thing that holds of an API service, or does not.
  type: Available.
ServiceReference: A Service.
  namespace: Its namespace.
  name: Its name.
  port: The port; 443 by default.
`;
