/**
 * What a resource kind is. One file a kind describes it; discovery, tables,
 * routing and storage read the description itself, which is light: `get` needs
 * nothing else. Schema, defaults and validation come with `strategy()`, loaded
 * when something is first written or decoded.
 */
import type { z } from 'zod';
import type { KubeObject } from '../apimachinery/object.js';
import type { Causes } from '../apimachinery/fielderror.js';
import type { UserInfo } from '../apimachinery/request.js';

export interface Column<T = any> {
  name: string;
  type?: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  format?: string;
  description?: string;
  /** 1: shown by `get -o wide` alone. */
  priority?: 0 | 1;
  /** A cell that no definition tells of: IPAddress has one. */
  untold?: boolean;
  /** `now` is milliseconds since the epoch. */
  cell(object: T, now: number): string | number | boolean | null;
}

export interface Subresource {
  name: string;
  verbs: readonly string[];
  /** The kind it takes and gives, where that is not the parent's: { group: 'autoscaling', version: 'v1', kind: 'Scale' }. */
  kind?: { group: string; version: string; kind: string };
}

export interface Kind<T extends KubeObject = any> {
  group: string;
  version: string;
  kind: string;
  listKind: string;
  plural: string;
  singular: string;
  shortNames: readonly string[];
  categories: readonly string[];
  namespaced: boolean;
  verbs: readonly string[];
  subresources: readonly Subresource[];
  /** Where instances live in the store, without the namespace: "/registry/pods". '' where nothing is stored (reviews). */
  prefix: string;
  /** Columns of the server's Table, Name first and Age wherever Kubernetes has it. */
  columns: readonly Column<T>[];
  /** Field selectors beyond metadata.name and metadata.namespace: label to value. */
  selectableFields?: Readonly<Record<string, (object: T) => string>>;
  /** Other names a field selector may use: "name" → "metadata.name". */
  strategy(): Promise<Strategy<T>>;
  /** Another version of this same resource is the one that is stored: autoscaling/v1 over v2, events.k8s.io over core. */
  storedAs?: { group: string; version: string; convert(): Promise<Conversion> };
  /** Set for kinds that a CustomResourceDefinition made. */
  custom?: { crd: string; uid: string };
}

export interface Conversion {
  toStored(object: any): any;
  fromStored(object: any): any;
  /** Where somebody outside converts, and so nothing can be shown at once: the two above throw then. */
  later?: {
    toStored(object: any): Promise<any>;
    /** All at once. */
    fromStored(objects: readonly any[]): Promise<any[]>;
    /** It is in this version already. */
    same(object: any): boolean;
  };
}

/** What a rule may know beside the object itself. */
export interface RuleContext {
  user: UserInfo;
  /** Milliseconds since the epoch. */
  now: number;
  namespace?: string;
  dryRun: boolean;
  subresource?: string;
}

/** What a rule may know that has to look at more than the object. */
export interface LookupContext extends RuleContext {
  /** undefined where it is not there. */
  readNamespace(name: string): Promise<KubeObject | undefined>;
  /** What the caller does: update, patch, …. */
  verb: string;
  /** Why the caller may not do this to the kind; undefined: they may. */
  refusal(asked: { verb: string; subresource: string; namespace: string; name: string }): Promise<string | undefined>;
}

/** What an update's metadata is refused for. Most kinds' own rules look at it once more, after the server has. */
export interface MetadataCauses {
  /** By the rules of a new object. */
  whole: Causes;
  /** By those of a change. */
  changed: Causes;
}

/**
 * A kind's behaviour on writes, as the registry strategies of kube-apiserver
 * have it. All functions are pure but for editing the object they are given,
 * a copy that nobody else holds.
 */
export interface Strategy<T = any> {
  schema: z.ZodType<any>;
  /** Go defaulting (SetDefaults_…), applied to whatever is decoded, in whole objects and in templates. */
  defaults?(object: T): void;
  /** Clears what a client may not set (status), sets generation 1, drops disabled fields. Kinds with a status subresource get the clearing by themselves. */
  prepareForCreate?(object: T, context: RuleContext): void;
  prepareForUpdate?(next: T, previous: T, context: RuleContext): void;
  /** Complaints about a new object that need a look at another one; they come before all others. */
  firstCauses?(object: T, context: LookupContext): Promise<Causes>;
  /** Complaints in Kubernetes' own order. metadata's own rules are checked by the API server for every kind, with `validateName`. */
  validate?(object: T, context: RuleContext): Causes;
  validateUpdate?(next: T, previous: T, context: RuleContext, metadata?: MetadataCauses): Causes;
  /** validateUpdate repeats the complaints about metadata where Kubernetes has them; else they come around its own: changed, own, whole. */
  placesMetadata?: true;
  /** Messages about a bad metadata.name, '' prefix rules as in apimachinery/names.ts. Default: DNS-1123 subdomain. */
  validateName?(name: string, options: { prefix: boolean }, object?: T): readonly string[];
  /**
   * Which rules of metadata the kind's own validation has. 'core' (the default): all, names of finalizers that are Kubernetes' own
   * included; 'generic': those of apimachinery; 'none': the kind looks at none, and only what every object must obey is left.
   */
  metadataRules?: 'core' | 'generic' | 'none';
  /** Deprecation and other warnings, as Warning headers. */
  warnings?(object: T, previous: T | undefined): readonly string[];
  /** Whether metadata.generation is kept, and what must change for it to rise; default: spec, for kinds with a status subresource. */
  generation?: false | ((next: T, previous: T) => boolean);
  /** PUT to a missing object creates it. */
  allowCreateOnUpdate?: boolean;
  /** An update without a resourceVersion is refused (422). */
  requiresResourceVersion?: boolean;
  /** Default grace period on DELETE, in seconds; undefined: deleted at once. Pods alone. */
  gracePeriodSeconds?(object: T): number;
  /** 'orphan': a DELETE without a propagation policy orphans dependents (Job, ReplicationController: see facts). */
  defaultPropagation?: 'orphan' | 'background';
  /** DELETE answers the object rather than a Status. */
  deleteReturnsObject?: boolean;
  /** Rules of the status (and other writing) subresources, by name. */
  subresources?: Readonly<Record<string, SubresourceStrategy<T>>>;
}

export interface SubresourceStrategy<T = any> {
  /** Takes from `next` what this subresource may write and puts everything else back from `previous`. */
  prepareForUpdate(next: T, previous: T, context: RuleContext): void;
  /** As Strategy.firstCauses. */
  firstCauses?(next: T, context: LookupContext, previous: T): Promise<Causes>;
  validateUpdate?(next: T, previous: T, context: RuleContext, metadata?: MetadataCauses): Causes;
  /** As in Strategy; without it: changed, own. */
  placesMetadata?: true;
  warnings?(next: T, previous: T): readonly string[];
  requiresResourceVersion?: boolean;
}
