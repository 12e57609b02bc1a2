/** What a smaller bundle of the program, or a command that may only read, says when it is not enough; nobody may take that for an answer. */

export class NeedsEverything extends Error {
  readonly needsEverything = true;
}

/** Also of the errors that the build puts where a module was left out, which know no class. */
export const needsEverything = (error: unknown): boolean => error instanceof Error && 'needsEverything' in error;
