/** DefaultIngressClass: an Ingress that names no class gets the default one, the newest where there are several. */
import { isResource, readAll, type AdmissionPlugin } from './plugin.js';

const DEFAULT = 'ingressclass.kubernetes.io/is-default-class';
const OLD_CLASS = 'kubernetes.io/ingress.class';

export const defaultIngressClass: AdmissionPlugin = {
  name: 'DefaultIngressClass',
  handles: (request) => isResource(request, 'networking.k8s.io', 'ingresses') && request.operation === 'CREATE',
  async admit({ object, server }) {
    if (object.spec.ingressClassName !== undefined || object.metadata.annotations?.[OLD_CLASS] !== undefined) return;
    const classes = await readAll(server, 'networking.k8s.io', 'ingressclasses', '');
    const defaults = classes.filter(({ metadata }) => metadata.annotations?.[DEFAULT] === 'true');
    const [chosen] = defaults.sort((one, other) =>
      other.metadata.creationTimestamp < one.metadata.creationTimestamp
        ? -1
        : other.metadata.creationTimestamp > one.metadata.creationTimestamp
          ? 1
          : one.metadata.name < other.metadata.name
            ? -1
            : 1,
    );
    if (chosen !== undefined) object.spec.ingressClassName = chosen.metadata.name;
  },
};
