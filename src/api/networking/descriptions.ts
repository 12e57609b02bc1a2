/** What Ingresses, NetworkPolicies and ranges of Services are, in words, as src/api/descriptions.ts reads them. */
export const networking = `
Ingress: Leads HTTP from outside to Services, by host and path. An ingress controller has to act on it.
  spec: What leads where.
  status: Where traffic comes in.
IngressSpec: What leads where.
  ingressClassName: The IngressClass whose controller acts on it.
  defaultBackend: Where everything goes that no rule fits.
  tls: Certificates, and the hosts that they are for.
  rules: Hosts and paths with where they lead.
IngressTLS: A certificate, and the hosts that it is for.
  hosts: The hosts.
  secretName: The Secret with tls.crt and tls.key.
IngressRule: One host, and where its paths lead.
  host: The host's name; *.example.com stands for one label more, and without it every host is meant.
  http: The paths.
IngressRuleValue: Where paths lead.
  http: The paths.
HTTPIngressRuleValue: Where paths lead.
  paths: The paths; the longest that fits counts.
HTTPIngressPath: A path, and where it leads.
  path: The path; it begins with "/".
  pathType: Exact; Prefix, part by part; or ImplementationSpecific, as the controller has it.
  backend: Where it leads.
IngressBackend: Where requests go: a Service or another object.
  service: A Service of the same namespace.
  resource: An object of the same namespace. Not with service.
IngressServiceBackend: A Service and its port.
  name: The Service.
  port: The port.
ServiceBackendPort: A port, by name or by number.
  name: The name.
  number: The number.
IngressStatus: Where traffic comes in.
  loadBalancer: What the controller has got.
IngressLoadBalancerStatus: Where traffic comes in.
  ingress: The points.
IngressLoadBalancerIngress: A point at which traffic comes in.
  ip: Its address.
  hostname: Its name.
  ports: Its ports, with what is wrong with them.
IngressPortStatus: A port, and what is wrong with it.
  port: The port's number.
  protocol: TCP, UDP or SCTP.
  error: What is wrong, in one word.
IngressClass: Names a controller that acts on Ingresses.
  spec: The controller and its settings.
IngressClassSpec: A controller and its settings.
  controller: The controller's name, such as example.com/ingress. It cannot change.
  parameters: An object with its settings.
IngressClassParametersReference: An object with settings.
  apiGroup: Its group; the core group when not given.
  kind: Its kind.
  name: Its name.
  scope: Cluster (the default) or Namespace.
  namespace: Its namespace, with scope Namespace.
NetworkPolicy: Which traffic pods may get and send.
  spec: Which pods, and which traffic.
NetworkPolicySpec: Which pods, and which traffic.
  podSelector: The pods it is about; {} is all of the namespace. What no policy is about may speak with all.
  ingress: What may come in. With Ingress in policyTypes, nothing else may.
  egress: What may go out. With Egress in policyTypes, nothing else may.
  policyTypes: Ingress, Egress or both. By default Ingress, and Egress where egress is given.
NetworkPolicyIngressRule: Traffic that may come in.
  ports: To which ports; all when none is listed.
  from: From whom; everybody when none is listed.
NetworkPolicyEgressRule: Traffic that may go out.
  ports: To which ports; all when none is listed.
  to: To whom; everybody when none is listed.
NetworkPolicyPort: A port, or a range of ports.
  protocol: TCP (the default), UDP or SCTP.
  port: The port, by number or by name; all when not given.
  endPort: The last port of a range that begins with port.
NetworkPolicyPeer: Somebody that pods speak with.
  podSelector: Pods, of this namespace or of those selected beside.
  namespaceSelector: Namespaces, all of whose pods are meant where podSelector is not given.
  ipBlock: Addresses. Not with the other two.
IPBlock: A range of addresses.
  cidr: The range, as in 192.168.0.0/16.
  except: Ranges within it that are left out.
IPAddress: An address that a Service has. The system makes and removes them.
  spec: Whose address it is.
IPAddressSpec: Whose address it is.
  parentRef: The object that has it.
ParentReference: An object that has an address.
  namespace: Its namespace.
  name: Its name.
ServiceCIDR: A range from which Services get their addresses.
  spec: The range.
  status: Whether it is in use.
ServiceCIDRSpec: A range of addresses.
  cidrs: The range, one of each family. It cannot change.
ServiceCIDRStatus: Whether a range is in use.
`;
