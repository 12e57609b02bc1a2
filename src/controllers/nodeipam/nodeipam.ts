/** Node IPAM: gives every node its own part of the cluster's pod range, the lowest that is free. */
import type { Client } from '../../client/client.js';
import { enqueueItself, makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { Node } from '../kinds.js';

const CLUSTER_CIDR = '10.244.0.0/16';
const MASK = 24;

export function nodeIpamController(deps: ControllerDeps): Controller {
  const nodes = deps.informers.of(Node);
  const { clusterCidr = CLUSTER_CIDR, nodeCidrMaskSize = MASK } = deps.config;
  const range = parseRange(clusterCidr, nodeCidrMaskSize);
  const taken = new Map<string, string>();

  async function reconcile(name: string, client: Client): Promise<Outcome> {
    const node = nodes.lister.get({ name });
    if (node === undefined || node.spec.podCIDR || node.metadata.deletionTimestamp !== undefined) return;
    const cidr = range.free(taken);
    if (cidr === undefined) {
      deps.recorder.event(node, 'Normal', 'CIDRNotAvailable', `Node ${name} status is now: CIDRNotAvailable`);
      throw new Error('CIDR allocation failed; there are no remaining CIDRs left to allocate in the accepted range');
    }
    taken.set(cidr, name);
    try {
      await client.on(Node).patch({ name }, 'strategic', { spec: { podCIDR: cidr, podCIDRs: [cidr] } });
    } catch (error) {
      taken.delete(cidr);
      range.freed(cidr);
      throw error;
    }
  }

  return makeController({
    name: 'node-ipam',
    deps,
    informers: [[Node, nodes]],
    workers: 1,
    reconcile,
    wire(queue) {
      const note = ({ metadata, spec }: Node): void => {
        if (spec.podCIDR) taken.set(spec.podCIDR, metadata.name!);
      };
      // All that is given away must be known before anything is given.
      for (const node of nodes.lister.list()) note(node);
      return [
        nodes.handle({
          added: note,
          updated: note,
          deleted({ spec }) {
            if (!spec.podCIDR) return;
            taken.delete(spec.podCIDR);
            range.freed(spec.podCIDR);
          },
        }),
        nodes.handle(enqueueItself(queue)),
      ];
    },
  });
}

interface Range {
  free(taken: ReadonlyMap<string, string>): string | undefined;
  /** The part may be had again. */
  freed(part: string): void;
}

/** IPv4 ranges; the parts are handed out in order, and what is given away below is not looked through each time. */
function parseRange(cidr: string, mask: number): Range {
  const [address = '', bits = ''] = cidr.split('/');
  const numberOf = (dotted: string): number => dotted.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const base = numberOf(address);
  const count = 2 ** (mask - Number(bits));
  const size = 2 ** (32 - mask);
  const text = (value: number): string => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
  /** All parts before this one are taken. */
  let first = 0;
  return {
    free(taken) {
      for (; first < count; first++) {
        const part = `${text(base + first * size)}/${mask}`;
        if (!taken.has(part)) return part;
      }
      return undefined;
    },
    freed(part) {
      const at = (numberOf(part.split('/')[0]!) - base) / size;
      if (at >= 0 && at < first) first = Math.floor(at);
    },
  };
}
