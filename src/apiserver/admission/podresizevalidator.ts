/** PodResizeValidator: a pod does not grow beyond what its node could ever give, nor on a node that cannot resize. */
import { aggregateContainerRequests } from '../../api/core/resources.js';
import { quantityOf } from '../../apimachinery/quantity.js';
import { goQuote } from '../../apimachinery/gojson.js';
import { StatusError } from '../../apimachinery/status.js';
import { read, refused, type AdmissionPlugin, type AdmissionRequest } from './plugin.js';

export const podResizeValidator: AdmissionPlugin = {
  name: 'PodResizeValidator',
  handles: ({ kind, subresource, operation }) => kind.group === '' && kind.plural === 'pods' && subresource === 'resize' && operation === 'UPDATE',
  async validate(request) {
    const { object, server } = request;
    const previous = request.previous as any;
    const name: string = object.spec.nodeName ?? '';
    if (name === '' || JSON.stringify(object.spec) === JSON.stringify(previous.spec)) return;
    const node = await read(server, '', 'nodes', { namespace: '', name });
    if (node === undefined) throw refused(request, `node ${goQuote(name)} not found`);
    const system = node.metadata.labels?.['kubernetes.io/os'] ?? 'linux';
    if (system !== 'linux')
      throw because(request, 'UnsupportedPlatform', `pod resize is only supported on linux nodes, node ${goQuote(name)} is ${goQuote(system)}`);
    const beyond = beyondAllocatable(object.spec, node.status?.allocatable ?? {});
    if (beyond.length > 0) throw because(request, 'NodeCapacity', `node didn't have enough allocatable resources: ${beyond.join('; ')}`);
  },
};

function beyondAllocatable(spec: any, allocatable: Readonly<Record<string, string>>): string[] {
  const requests: Record<string, string> = { ...aggregateContainerRequests(spec), ...spec.resources?.requests };
  const problems: string[] = [];
  for (const name of ['cpu', 'memory'] as const) {
    const [wanted, given] = [quantityOf(requests[name]).add(quantityOf(spec.overhead?.[name])), quantityOf(allocatable[name])];
    if (wanted.cmp(given) <= 0) continue;
    const [requested, held] = name === 'cpu' ? [wanted.milliValue(), given.milliValue()] : [wanted.value(), given.value()];
    problems.push(`${name}, requested: ${requested}, allocatable: ${held}`);
  }
  return problems;
}

function because(request: AdmissionRequest, reason: string, message: string): StatusError {
  const { status } = refused(request, message);
  return new StatusError({ ...status, details: { ...status.details, causes: [...(status.details?.causes ?? []), { reason }] } });
}
