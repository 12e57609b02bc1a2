/** PATCH bodies applied to stored objects, with Kubernetes' errors and warnings. */
export { applyPatch, patchTypeOf, readPatch, type FieldValidation, type Patched, type PatchOptions, type PatchType, type ReadPatch } from './patch.js';
export { applyJsonPatch, JsonPatchError, JSON_PATCH_OPERATIONS_MAX } from './jsonpatch.js';
