/** Kubeconfig files of our own clusters: authority and client certificate inline, the current context set. */
import { writePrivate } from './home.js';

export interface KubeconfigOptions {
  server: string;
  caCert: string;
  clientCert: string;
  clientKey: string;
  cluster: string;
  user: string;
}

export function kubeconfigText({ server, caCert, clientCert, clientKey, cluster, user }: KubeconfigOptions): string {
  const data = (pem: string): string => Buffer.from(pem).toString('base64');
  return `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${data(caCert)}
    server: ${server}
  name: ${cluster}
contexts:
- context:
    cluster: ${cluster}
    user: ${user}
  name: ${user}@${cluster}
current-context: ${user}@${cluster}
kind: Config
preferences: {}
users:
- name: ${user}
  user:
    client-certificate-data: ${data(clientCert)}
    client-key-data: ${data(clientKey)}
`;
}

/** Readable by its owner alone: it opens the whole cluster. */
export function writeKubeconfig(path: string, options: KubeconfigOptions): void {
  writePrivate(path, kubeconfigText(options));
}
