/** Who a container's programs run as: the pod's word, then the image's. */
import { RuntimeError, type ContainerConfig } from '../../cri/runtime.js';
import type { Container } from './container.js';

export function userOf(container: Container, config: ContainerConfig, id: string): { uid: number; gid: number; groups: number[] } {
  const { securityContext } = config.linux;
  const [imageUser = '', imageGroup] = container.definition.user.split(':');
  const wanted = securityContext.runAsUser !== undefined ? String(securityContext.runAsUser) : securityContext.runAsUsername || imageUser || '0';
  const tree = container.definition.tree();
  const table = (path: string): string[][] => {
    const node = tree.nodes.get(path);
    return node?.t === 'f' ? node.d.split('\n').map((line) => line.split(':')) : [];
  };
  const entry = table('/etc/passwd').find(([name, , uid]) => name === wanted || uid === wanted);
  if (entry === undefined && !/^\d+$/.test(wanted))
    throw new RuntimeError('Unknown', `failed to generate container "${id}" spec: failed to generate user string: no users found for ${wanted}`);
  const groupId = (text: string): number => Number(/^\d+$/.test(text) ? text : (table('/etc/group').find(([name]) => name === text)?.[2] ?? 0));
  const uid = Number(entry?.[2] ?? wanted);
  const fromImage = securityContext.runAsUser === undefined && imageGroup !== undefined ? groupId(imageGroup) : undefined;
  const gid = securityContext.runAsGroup ?? fromImage ?? Number(entry?.[3] ?? 0);
  return { uid, gid, groups: [...new Set([gid, ...securityContext.supplementalGroups])].sort((a, b) => a - b) };
}
