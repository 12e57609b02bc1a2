/**
 * RBAC: bindings give subjects the rules of roles. An index by subject, read
 * from the store when first asked and kept by watching it, so that a question
 * costs the asker's own bindings and not the cluster's.
 */
import type { UserInfo } from '../../apimachinery/request.js';
import type { Soon } from '../../platform/soon.js';
import { prefixEnd, type Store, type StoreEvent, type Watcher } from '../../store/store.js';
import { ruleAllows, type Attributes, type Authorizer, type Decision, type PolicyRule, type RuleResolver } from './authorizer.js';

interface Subject {
  kind: string;
  name: string;
  namespace?: string;
}
interface RoleRef {
  kind: string;
  name: string;
}
interface Binding {
  name: string;
  namespace: string;
  subjects: readonly Subject[];
  roleRef: RoleRef;
}

/** Answers that are kept; then all are forgotten. */
const DECISIONS_MAX = 5_000;

const FOLDERS = ['/registry/clusterrolebindings/', '/registry/clusterroles/', '/registry/rolebindings/', '/registry/roles/'] as const;

export class RbacAuthorizer implements Authorizer, RuleResolver {
  readonly #store: Store;
  #ready: Promise<void> | undefined;
  #watchers: Watcher[] = [];
  /** "namespace/name" ('/name' for cluster roles) to rules. */
  readonly #roles = new Map<string, readonly PolicyRule[]>();
  readonly #bindings = new Map<string, Binding>();
  readonly #bySubject = new Map<string, Set<Binding>>();
  #loaded = false;
  readonly #decisions = new Map<string, Decision>();

  constructor(store: Store) {
    this.#store = store;
  }

  authorize(attributes: Attributes): Soon<Decision> {
    return this.#loaded ? this.#decide(attributes) : this.#load().then(() => this.#decide(attributes));
  }

  /** The same question comes again and again: its answer holds until a role or a binding changes. */
  #decide(attributes: Attributes): Decision {
    const { user, verb, path, apiGroup, resource, subresource, namespace, name } = attributes;
    const asked = [user.name, verb, apiGroup, resource, subresource, namespace, name, path, ...user.groups].join('\0');
    let decision = this.#decisions.get(asked);
    if (decision !== undefined) return decision;
    decision = this.#judge(attributes);
    if (this.#decisions.size >= DECISIONS_MAX) this.#decisions.clear();
    this.#decisions.set(asked, decision);
    return decision;
  }

  #judge(attributes: Attributes): Decision {
    const missing: string[] = [];
    for (const { binding, subject } of this.#bindingsOf(attributes.user, attributes.namespace)) {
      const rules = this.#rulesOf(binding);
      if (rules === undefined) missing.push(notFound(binding.roleRef));
      else if (rules.some((rule) => ruleAllows(rule, attributes))) return { allowed: true, reason: grant(binding, subject) };
    }
    return { allowed: false, reason: missing.length === 0 ? '' : `RBAC: ${errorList(missing)}` };
  }

  async rulesFor(user: UserInfo, namespace: string): Promise<{ rules: readonly PolicyRule[]; errors: readonly string[] }> {
    await this.#load();
    const rules: PolicyRule[] = [];
    const errors: string[] = [];
    for (const { binding } of this.#bindingsOf(user, namespace)) {
      const found = this.#rulesOf(binding);
      if (found === undefined) errors.push(notFound(binding.roleRef));
      else rules.push(...found);
    }
    return { rules, errors };
  }

  stop(): void {
    for (const watcher of this.#watchers.splice(0)) watcher.cancel();
    this.#ready = undefined;
    this.#loaded = false;
  }

  #rulesOf({ namespace, roleRef }: Binding): readonly PolicyRule[] | undefined {
    return this.#roles.get(roleRef.kind === 'ClusterRole' ? `/${roleRef.name}` : `${namespace}/${roleRef.name}`);
  }

  /** Cluster-wide bindings first, as Kubernetes visits them; each by name. */
  #bindingsOf(user: UserInfo, namespace: string): { binding: Binding; subject: string }[] {
    const found: { binding: Binding; subject: string }[] = [];
    const seen = new Set<Binding>();
    for (const subject of subjectsOf(user)) {
      for (const binding of this.#bySubject.get(subject) ?? []) {
        if (seen.has(binding) || (binding.namespace !== '' && binding.namespace !== namespace)) continue;
        seen.add(binding);
        found.push({ binding, subject });
      }
    }
    return found.sort((a, b) =>
      a.binding.namespace === b.binding.namespace ? (a.binding.name < b.binding.name ? -1 : 1) : a.binding.namespace < b.binding.namespace ? -1 : 1,
    );
  }

  #load(): Promise<void> {
    this.#ready ??= this.#fill();
    return this.#ready;
  }

  async #fill(): Promise<void> {
    this.#decisions.clear();
    this.#roles.clear();
    this.#bindings.clear();
    this.#bySubject.clear();
    for (const folder of FOLDERS) {
      const { kvs, revision } = await this.#store.range({ key: folder, end: prefixEnd(folder) });
      for (const { key, value } of kvs) this.#put(key, value);
      const watcher = this.#store.watch(
        { key: folder, end: prefixEnd(folder), startRevision: revision + 1 },
        { events: (events) => events.forEach((event) => this.#changed(event)), ended: (reason) => reason !== 'cancelled' && this.stop() },
      );
      this.#watchers.push(watcher);
      await watcher.created;
    }
    this.#loaded = true;
  }

  #changed({ type, kv }: StoreEvent): void {
    this.#decisions.clear();
    if (type === 'put') this.#put(kv.key, kv.value);
    else this.#forget(kv.key);
  }

  #put(key: string, value: Uint8Array): void {
    this.#forget(key);
    const { metadata, rules, subjects, roleRef } = JSON.parse(Buffer.from(value).toString('utf8'));
    const namespace: string = metadata.namespace ?? '';
    if (roleRef === undefined) {
      this.#roles.set(`${namespace}/${metadata.name}`, rules ?? []);
      return;
    }
    const binding: Binding = { name: metadata.name, namespace, subjects: subjects ?? [], roleRef };
    this.#bindings.set(key, binding);
    for (const subject of binding.subjects) {
      const name = subjectKey(subject, namespace);
      const set = this.#bySubject.get(name);
      if (set === undefined) this.#bySubject.set(name, new Set([binding]));
      else set.add(binding);
    }
  }

  #forget(key: string): void {
    const binding = this.#bindings.get(key);
    if (binding !== undefined) {
      this.#bindings.delete(key);
      for (const subject of binding.subjects) this.#bySubject.get(subjectKey(subject, binding.namespace))?.delete(binding);
      return;
    }
    const [, , resource, first, second] = key.split('/');
    if (resource === 'clusterroles') this.#roles.delete(`/${first}`);
    if (resource === 'roles') this.#roles.delete(`${first}/${second}`);
  }
}

const subjectKey = ({ kind, name, namespace }: Subject, bindingNamespace: string): string =>
  kind === 'ServiceAccount' ? `User system:serviceaccount:${namespace ?? bindingNamespace}:${name}` : `${kind} ${name}`;

const subjectsOf = (user: UserInfo): string[] => [`User ${user.name}`, ...user.groups.map((group) => `Group ${group}`)];

const notFound = ({ kind, name }: RoleRef): string => `${kind.toLowerCase()}.rbac.authorization.k8s.io ${JSON.stringify(name)} not found`;
const errorList = (errors: readonly string[]): string => (errors.length === 1 ? errors[0]! : `[${[...new Set(errors)].join(', ')}]`);

function grant({ name, namespace, roleRef }: Binding, subject: string): string {
  const [kind, ...rest] = subject.split(' ');
  const who = rest.join(' ');
  const account = who.match(/^system:serviceaccount:([^:]+):(.+)$/);
  const text = account === null ? `${kind} ${JSON.stringify(who)}` : `ServiceAccount ${JSON.stringify(`${account[2]}/${account[1]}`)}`;
  return namespace === ''
    ? `RBAC: allowed by ClusterRoleBinding ${JSON.stringify(name)} of ClusterRole ${JSON.stringify(roleRef.name)} to ${text}`
    : `RBAC: allowed by RoleBinding ${JSON.stringify(`${name}/${namespace}`)} of ${roleRef.kind} ${JSON.stringify(roleRef.name)} to ${text}`;
}
