/**
 * What an instance of a core module keeps between calls.
 *
 * @module
 */

/** What a module has of one sort. */
export interface Space {
  /** How many it imports; their numbers come first. */
  imported: number;
  /** How many it defines. */
  defined: number;
  /** Numbers of those that it defines and can change. */
  readonly kept: number[];
}

/** What an instance of a core module keeps, and the names that are taken. */
export interface CoreState {
  readonly memories: Space;
  readonly globals: Space;
  readonly tables: Space;
  readonly exports: string[];
  /** Whether its functions may change tables, those of other modules too. */
  writesTables: boolean;
}

/** That of a module with nothing in it. */
export function blankState(): CoreState {
  const space = () => ({ imported: 0, defined: 0, kept: [] });
  return { memories: space(), globals: space(), tables: space(), exports: [], writesTables: false };
}

/** A component's instances cannot be put back to where they began, or not provably so. The message says why. */
export class NotRestorable extends Error {
  override readonly name = "NotRestorable";
}
