/**
 * How a kind is written down: a description that leaves out what follows from
 * the rest (list kind, singular, everyday verbs, the words of its scope, where
 * it is stored). It computes plain data and loads nothing.
 */
import type { KubeObject } from '../apimachinery/object.js';
import type { Kind } from './kind.js';

type Derived = 'listKind' | 'singular' | 'shortNames' | 'categories' | 'namespaced' | 'verbs' | 'subresources' | 'prefix';
export type KindDescription<T extends KubeObject = any> = Omit<Kind<T>, Derived> & Partial<Pick<Kind<T>, Derived>>;

/** What the API server's generic store can do, in discovery's order. */
export const ALL_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'] as const;
/** What a subresource that shows and writes its parent can do. */
export const STATUS_VERBS = ['get', 'patch', 'update'] as const;
export const PROXY_VERBS = ['create', 'delete', 'get', 'patch', 'update'] as const;

export const statusSubresource = { name: 'status', verbs: STATUS_VERBS };
export const scaleSubresource = { name: 'scale', verbs: STATUS_VERBS, kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' } };

/** Namespaced unless it says otherwise; stored under /registry/<plural> as kube-apiserver's built-in kinds are. */
export function defineKind<T extends KubeObject = any>(description: KindDescription<T>): Kind<T> {
  return {
    listKind: `${description.kind}List`,
    singular: description.kind.toLowerCase(),
    shortNames: [],
    categories: [],
    namespaced: true,
    verbs: ALL_VERBS,
    subresources: [],
    prefix: `/registry/${description.plural}`,
    ...description,
  };
}
