/** The kinds of networking.k8s.io. */
import type { Kind } from '../kind.js';
import { Ingress } from './ingress.js';
import { IngressClass } from './ingressclass.js';
import { NetworkPolicy } from './networkpolicy.js';
import { ServiceCIDR } from './servicecidr.js';
import { IPAddress } from './ipaddress.js';

export const kinds: readonly Kind[] = [Ingress, IngressClass, NetworkPolicy, ServiceCIDR, IPAddress];
