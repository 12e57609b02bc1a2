/**
 * Patches, applied and made, without any transport: strategic merge on
 * TypeNodes and JSON merge. Light enough for the CLI, which applies them too.
 */
export { isPatchError, PatchError } from './errors.js';
export { goText } from './gotext.js';
export { applyStrategicMergePatch, spentPatch } from './strategic.js';
export type { ThreeWayOptions } from './conflicts.js';
export { createThreeWayMergePatch, createTwoWayMergePatch } from './diff.js';
export { applyMergePatch, createMergePatch, createThreeWayJSONMergePatch } from './merge.js';
