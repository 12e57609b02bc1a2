/**
 * CustomResourceDefinitions as kinds: their schemas compiled and checked, their
 * objects validated and defaulted, their names granted. All pure; whoever
 * follows the definitions registers the kinds.
 */
export { kindOfCrd, type CustomKind, type CustomStrategy } from './kind.js';
export { decideNames, namesInUse, setCondition, type NamesDecision, type NamesInUse } from './names.js';
