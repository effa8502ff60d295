/**
 * What is counted and checked over a component with all that is nested in it.
 *
 * @module
 */

import { ExcessiveWasm } from "./bytes.ts";

/**
 * What names of all five toolchains look like. jco copies names of core modules into the glue as they are, so that any
 * other name could run there as code.
 */
const NAME = /^[A-Za-z0-9_ #$./:@\[\]|-]{0,256}$/;
/** Bad names that are kept for the message. */
const MOST_BAD_NAMES = 5;

/**
 * The most that a component may have of each; several times what the largest known one (CPython) has. jco writes code for
 * most of these, and types can refer to types: without bounds, few bytes make megabytes of glue.
 */
const MOST = {
  sections: 20_000,
  modules: 256,
  components: 256,
  instances: 2_000,
  types: 20_000,
  functions: 200_000,
  "canonical functions": 5_000,
  names: 100_000,
};

/** What can be counted. */
export type Counted = keyof typeof MOST;

/** Counts, while a component is read. */
export class Tally {
  /** Names that are none of the toolchains' kind; the first few, cut. */
  readonly badNames: string[] = [];
  /** Largest body of a core function, in bytes. */
  largestFunction = 0;
  /** Whether a component makes resources of its own. */
  ownResources = false;
  readonly #counts = new Map<Counted, number>();

  /** Counts some more. @throws {ExcessiveWasm} when it is too many. */
  count(what: Counted, more = 1): void {
    const count = (this.#counts.get(what) ?? 0) + more;
    if (count > MOST[what]) throw new ExcessiveWasm(`it has more than ${MOST[what]} ${what}`);
    this.#counts.set(what, count);
  }

  /** Checks a name and gives it back. */
  name(name: string): string {
    this.count("names");
    // `__proto__` is of the right form, but as a key in the glue's objects it sets their prototype.
    const bad = !NAME.test(name) || name === "__proto__";
    if (bad && this.badNames.length < MOST_BAD_NAMES) this.badNames.push(name.slice(0, 100));
    return name;
  }

  /** Notes the body of a function. */
  body(bytes: number): void {
    this.largestFunction = Math.max(this.largestFunction, bytes);
  }
}
