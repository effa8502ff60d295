/**
 * What a parser makes of an input: a value, or an error that has a name.
 *
 * @module
 */

import type { TroupeError } from "@troupe/host/errors";

/** The value; undefined where there is an error of one of the classes. Throws every other error. */
export function valueOr<T>(
  parse: () => T,
  classes: readonly (new (...args: never[]) => TroupeError)[],
): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (classes.some((one) => error instanceof one)) return undefined;
    throw error;
  }
}
