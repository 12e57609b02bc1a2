/** What endpoint slices are, in words, as src/api/descriptions.ts reads them. */
export const discovery = `
EndpointSlice: Some of the addresses behind a Service; a hundred at most as a rule.
  addressType: IPv4, IPv6 or FQDN. It cannot change.
  endpoints: The addresses; 1000 at most.
  ports: The ports of all of them; 100 at most.
Endpoint: One endpoint behind a Service.
  addresses: Its addresses; any is as good. Only the first is used.
  conditions: Whether it can be used.
  hostname: Its host name.
  targetRef: What stands behind it, a pod as a rule.
  deprecatedTopology: Of old.
  nodeName: Its node.
  zone: Its zone.
  hints: Who had better use it.
EndpointConditions: Whether an endpoint can be used.
  ready: Whether new connections may go to it.
  serving: Whether it answers, also while it is ending.
  terminating: Whether it is ending.
EndpointHints: Who had better use an endpoint.
  forZones: Those in these zones.
  forNodes: Those on these nodes.
ForZone: A zone.
  name: Its name.
ForNode: A node.
  name: Its name.
EndpointPort: A port of endpoints.
  name: The Service's name for it.
  protocol: TCP (the default), UDP or SCTP.
  port: The port's number.
  appProtocol: What is spoken on it.
`;
