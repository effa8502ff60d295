/**
 * What can be wrong with state.
 *
 * @module
 */

import { TroupeError } from "../errors.ts";

/** Something that no store would do: a key, a bucket, a time to live or a number that cannot be. */
export class BadStateRequestError extends TroupeError {
  constructor(problem: string) {
    super("troupe.BadStateRequest", "user", `The state cannot be asked for this: ${problem}`);
  }
}

/** A value is larger than values may be. */
export class StateTooLargeError extends TroupeError {
  constructor({ bytes, most }: { readonly bytes: number; readonly most: number }) {
    super(
      "troupe.StateTooLarge",
      "user",
      `The value has ${bytes} bytes and may have ${most}: keep it in parts, or elsewhere with its address here`,
    );
  }
}

/** A bucket holds as much as it may. */
export class StateFullError extends TroupeError {
  /** @param bound What was reached; `of` is its name in `spec.grants.state`. */
  constructor(bucket: string, bound: { readonly most: number; readonly of: "entries" | "bytes" }) {
    super(
      "troupe.StateFull",
      "user",
      `The bucket ${bucket} has reached its bound of ${bound.most} ${bound.of}: delete what is not needed, give ` +
        `entries a time to live, or raise the bound (grants.state.${bound.of})`,
    );
  }
}

/** What is to be counted up is no number. */
export class NotACounterError extends TroupeError {
  constructor(key: string) {
    super(
      "troupe.NotACounter",
      "user",
      `What is under ${
        JSON.stringify(key)
      } is no whole number of 64 bits in decimal digits: take another key`,
    );
  }
}

/** A counter would leave its range. */
export class CounterRangeError extends TroupeError {
  constructor(key: string) {
    super(
      "troupe.CounterRange",
      "user",
      `The counter ${
        JSON.stringify(key)
      } would leave the range of signed numbers of 64 bits: it was not changed`,
    );
  }
}

/** The store does not answer now. What was asked can be asked again, later. */
export class StateUnavailableError extends TroupeError {
  /** Whether what was asked is known not to have been done. */
  readonly undone: boolean;

  /** @param where The store as it is shown to people. */
  constructor(
    where: string,
    { problem, undone, cause }: {
      readonly problem: string;
      readonly undone: boolean;
      readonly cause?: unknown;
    },
  ) {
    const outcome = undone ? "it was not done" : "whether it was done is not known";
    super(
      "troupe.StateUnavailable",
      "system",
      `The state in ${where} does not answer: ${problem}; ${outcome}. See that it runs, and try again`,
      { cause },
    );
    this.undone = undone;
  }
}

/** Something was asked of a store that has been closed. */
export class StateClosedError extends TroupeError {
  constructor() {
    super("troupe.StateClosed", "system", "The store of state is closed");
  }
}

/** An address that names no store of state. */
export class UnknownStateError extends TroupeError {
  /** @param scheme What it begins with; no more of it is repeated, as it can hold a password. */
  constructor(scheme: string) {
    super(
      "troupe.UnknownState",
      "user",
      `No store of state is called ${
        JSON.stringify(scheme)
      }: write FILE or sqlite:FILE, FILE being a SQLite file, ` +
        "or redis://HOST:PORT, or rediss://HOST:PORT with TLS",
    );
  }
}
