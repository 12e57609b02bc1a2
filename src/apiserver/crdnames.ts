/** Names that the life of CustomResourceDefinitions is told by. */
export const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';
