/**
 * Who owns which field: managedFields on every write, and server-side apply.
 * Call it on the decoded and defaulted object, before mutating admission, as
 * kube-apiserver does: what admission adds belongs to nobody.
 */
export { applyConfiguration, type Applied, type ApplyOptions } from './apply.js';
export { managerName } from './managed.js';
export { resetFieldsOf, type ResetOptions } from './reset.js';
export { fromScaleManagedFields, toScaleManagedFields, type ScaleOptions } from './scale.js';
export { setOf, type FieldSet, type MaybeSet } from './fieldset.js';
export { updateManagedFields, type UpdateOptions } from './update.js';
