/** Reads what pods name: ConfigMaps, Secrets and Services, when they are needed. */
import { isNotFound } from '../apimachinery/status.js';
import type { Client, InformerFactory } from '../client/client.js';
import type { ConfigReader } from './containers/env.js';
import { ConfigMapKind, SecretKind, ServiceKind, type Service } from './kinds.js';

export function createConfigReader(client: Client, informers: InformerFactory | undefined): ConfigReader {
  const services = informers?.of<Service>(ServiceKind);
  return {
    configMap: (namespace, name) => client.on(ConfigMapKind).get({ namespace, name }),
    secret: (namespace, name) => client.on(SecretKind).get({ namespace, name }),
    async services(namespace) {
      if (services?.synced === true) {
        const master = services.lister.get({ namespace: 'default', name: 'kubernetes' });
        return [...services.lister.list({ namespace }), ...(master === undefined || namespace === 'default' ? [] : [master])];
      }
      const { items } = await client.on(ServiceKind).list({ namespace });
      if (namespace === 'default') return items;
      return [...items, ...(await masterService(client))];
    },
  };
}

async function masterService(client: Client): Promise<Service[]> {
  try {
    return [await client.on(ServiceKind).get({ namespace: 'default', name: 'kubernetes' })];
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return []; // a control plane that has not come up whole
  }
}
