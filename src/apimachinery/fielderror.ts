/**
 * Complaints about single fields, as k8s.io/apimachinery/pkg/util/validation/field
 * words them. A list of them becomes the causes of a 422 Status, in order.
 */
export type FieldErrorType = 'Required' | 'Duplicate' | 'Invalid' | 'NotSupported' | 'Forbidden' | 'TooLong' | 'TooMany' | 'NotFound' | 'InternalError' | 'TypeInvalid';

export interface FieldError {
  /** "spec.containers[0].name". */
  field: string;
  type: FieldErrorType;
  /** The text after "field: ", as in `Invalid value: "x": must be …`. */
  message: string;
}
export type Causes = FieldError[];
