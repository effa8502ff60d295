/**
 * Types of errors as values of a label. The platform's are few; an actor can make up any number, of any length, and a
 * server of metrics keeps every one of them for as long as it keeps anything.
 *
 * @module
 */

/** What all those count as that are too many or too long. */
export const OTHER_TYPE = "other";

/** Types that one actor may have beside the platform's. */
const MOST_TYPES = 100;
/** Of a type, in characters. */
const LONGEST_TYPE = 100;

/**
 * Bounds types by actor: the first that come keep their names.
 *
 * @example
 * ```ts
 * import { ErrorTypes } from "@troupe/host/observe/error_types";
 * import { assertEquals } from "@std/assert";
 *
 * const types = new ErrorTypes({ most: 1 });
 * const labels = ["ValueError", "KeyError", "troupe.Timeout", "ValueError"].map((type) => types.label("a", type));
 * assertEquals(labels, ["ValueError", "other", "troupe.Timeout", "ValueError"]);
 * ```
 */
export class ErrorTypes {
  readonly #most: number;
  readonly #seen = new Map<string, Set<string>>();

  /** @param options `most`: how many an actor may have beside the platform's. @default 100 */
  constructor({ most = MOST_TYPES }: { readonly most?: number } = {}) {
    this.#most = most;
  }

  /** The value of the label for an actor's failure. */
  label(actor: string, type: string): string {
    // No guest can name one of these but the two that are meant for guests.
    if (type.startsWith("troupe.")) return type;
    if (type === "" || type.length > LONGEST_TYPE || !type.isWellFormed()) return OTHER_TYPE;
    const seen = this.#seen.get(actor) ?? new Set();
    this.#seen.set(actor, seen);
    if (seen.size < this.#most) seen.add(type);
    return seen.has(type) ? type : OTHER_TYPE;
  }
}
