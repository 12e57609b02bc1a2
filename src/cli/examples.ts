/**
 * Examples of the commands whose own file has none, by the command's words:
 * what a line does, then the line. Help and the reference read them; nothing
 * else pays for them.
 */
export const EXAMPLES: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  'create clusterrole': [
    ['A role for reading pods everywhere', 'create clusterrole pod-reader --verb=get,list,watch --resource=pods'],
    ['A role for a path that is no resource', 'create clusterrole health --verb=get --non-resource-url=/healthz'],
  ],
  'create clusterrolebinding': [['Make a user an administrator of the cluster', 'create clusterrolebinding admins --clusterrole=cluster-admin --user=jane']],
  'create cronjob': [['Run a program every five minutes', "create cronjob tick --image=busybox --schedule='*/5 * * * *' -- date"]],
  'create job': [
    ['Run a program once', 'create job once --image=busybox -- date'],
    ['Run now what a cron job runs at its times', 'create job now --from=cronjob/tick'],
  ],
  'create namespace': [['Make a namespace', 'create namespace team']],
  'create poddisruptionbudget': [['Keep at least two pods with a label', 'create poddisruptionbudget web --selector=app=web --min-available=2']],
  'create priorityclass': [['A priority for what must run first', 'create priorityclass urgent --value=1000 --description="before all others"']],
  'create quota': [['Limit what a namespace may use', 'create quota small --hard=pods=10,requests.cpu=2 -n team']],
  'create rolebinding': [['Let a user read in one namespace', 'create rolebinding readers --clusterrole=view --user=jane -n team']],
  'create secret': [['A password that pods can read', 'create secret generic db --from-literal=password=secret']],
  'create secret docker-registry': [
    [
      'What pods need to pull from a registry',
      'create secret docker-registry hub --docker-server=registry.example.com --docker-username=me --docker-password=secret',
    ],
  ],
  'create secret generic': [
    ['From values', 'create secret generic db --from-literal=user=me --from-literal=password=secret'],
    ['From a file, under the key key.pem', 'create secret generic keys --from-file=key.pem=./private.pem'],
  ],
  'create secret tls': [['A certificate with its key', 'create secret tls web --cert=tls.crt --key=tls.key']],
  'create service': [['An address in the cluster for port 80, led to port 8080 of the pods', 'create service clusterip web --tcp=80:8080']],
  'create service clusterip': [
    ['An address in the cluster', 'create service clusterip web --tcp=80:8080'],
    ['A name without an address', 'create service clusterip web --clusterip=None'],
  ],
  'create service externalname': [['A name that stands for another one', 'create service externalname db --external-name=db.example.com']],
  'create service loadbalancer': [['An address outside the cluster', 'create service loadbalancer web --tcp=80:8080']],
  'create service nodeport': [['A port on every node', 'create service nodeport web --tcp=80:8080 --node-port=30080']],
  'create serviceaccount': [['Make a service account', 'create serviceaccount builder']],
  set: [['Change the image of a deployment', 'set image deployment/web nginx=nginx:1.29']],
  'rollout pause': [['Hold back a rollout', 'rollout pause deployment/web']],
  'rollout restart': [['Replace all pods of a deployment', 'rollout restart deployment/web']],
  'rollout resume': [['Let a rollout go on', 'rollout resume deployment/web']],
  certificate: [['Approve a request for a certificate', 'certificate approve jane']],
  'certificate approve': [['Approve a request', 'certificate approve jane']],
  'certificate deny': [['Deny a request', 'certificate deny jane']],
  'cluster-info dump': [
    ['Print all there is to say of a cluster', 'cluster-info dump'],
    ['Write it into a folder, of two namespaces', 'cluster-info dump --namespaces=default,kube-system --output-directory=./state'],
  ],
  options: [['List the flags that every command takes', 'options']],
  help: [
    ['Tell what a command does', 'help rollout undo'],
    ['Print the reference of all commands, as Markdown', 'help --reference > commands.md'],
  ],
  plugin: [['List the plugins on PATH', 'plugin list']],
  'plugin list': [['List the plugins on PATH, by their names alone', 'plugin list --name-only']],
  top: [['What the nodes use', 'top node']],
  'top node': [
    ['What every node uses', 'top node'],
    ['What one node uses', 'top node w1-k8s'],
  ],
  'top pod': [
    ['What the pods of a namespace use', 'top pod -n kube-system'],
    ['What every container uses, the greediest first', 'top pod --containers --sort-by=memory'],
  ],
  auth: [['Ask whether one may do something', 'auth can-i create deployments']],
  'auth whoami': [['Ask who one is', 'auth whoami']],
  config: [
    ['List the contexts, those of embedded clusters too', 'config get-contexts'],
    ['Send later commands to another one', 'config use-context kubernetes-admin@small'],
  ],
  'config current-context': [['Tell where commands go', 'config current-context']],
  'config delete-cluster': [['Take a cluster out of the kubeconfig', 'config delete-cluster far']],
  'config delete-context': [['Take a context out of the kubeconfig', 'config delete-context work']],
  'config delete-user': [['Take a user out of the kubeconfig', 'config delete-user me']],
  'config get-clusters': [['List the clusters', 'config get-clusters']],
  'config get-contexts': [
    ['List the contexts', 'config get-contexts'],
    ['By their names alone', 'config get-contexts -o name'],
  ],
  'config get-users': [['List the users', 'config get-users']],
  'config rename-context': [['Give a context another name', 'config rename-context work office']],
  'config set': [['Change the server of a cluster', 'config set clusters.far.server https://far.example.com:6443']],
  'config set-cluster': [['Add a cluster', 'config set-cluster far --server=https://far.example.com:6443 --certificate-authority=ca.crt']],
  'config set-context': [
    ['Add a context', 'config set-context work --cluster=far --user=me --namespace=team'],
    ['Work in another namespace from now on', 'config set-context --current --namespace=team'],
  ],
  'config set-credentials': [['Add a user with a certificate', 'config set-credentials me --client-certificate=me.crt --client-key=me.key']],
  'config unset': [['Take the namespace off a context', 'config unset contexts.work.namespace']],
  'config use-context': [
    ['Send later commands to the cluster of a context', 'config use-context work'],
    ['Send them to an embedded cluster', 'config use-context kubernetes-admin@small'],
  ],
  'config view': [
    ['Show the kubeconfig without its secrets', 'config view'],
    ['Only what the current context needs', 'config view --minify'],
  ],
  kuberc: [['Show the preferences', 'kuberc view']],
  clock: [['Let ten minutes pass', 'clock advance 10m']],
  cluster: [
    ['Make a cluster and work in it', 'cluster create small --nodes 2'],
    ['List the clusters of this machine', 'cluster list'],
  ],
  'cluster list': [['List the clusters of this machine', 'cluster list']],
  'cluster delete': [['Remove a cluster with all that is in it', 'cluster delete small']],
  'cluster path': [['Take the scheduler away', 'cluster path  # then move nodes/m-k8s/etc/kubernetes/manifests/kube-scheduler.yaml out of that folder']],
  'cluster reset-control-plane': [['Write the static pods of the control plane again', 'cluster reset-control-plane']],
  'cluster disconnect': [['Cut a worker off', 'cluster disconnect w1-k8s']],
  'cluster connect': [['Join it again', 'cluster connect w1-k8s']],
};
