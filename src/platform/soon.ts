/**
 * Answers that are often there already: a value, or a promise of it. Waiting
 * for a promise that holds a kept answer costs more than the answer, and a
 * write asks for a dozen of them.
 */
export type Soon<T> = T | Promise<T>;

/** `next` of the value: at once where it is there, else when it is. What `next` throws is thrown, or rejects. */
export function whenThere<T, R>(value: Soon<T>, next: (value: T) => Soon<R>): Soon<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}
