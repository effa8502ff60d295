/**
 * Why there is no component to be run.
 *
 * @module
 */

import { TroupeError } from "../errors.ts";
import type { Inspection, Refusal } from "./component.ts";

/** A component that may not run. The code is that of the first reason. */
export class ComponentRefusedError extends TroupeError {
  /** What the inspection found. */
  readonly inspection: Inspection;

  /**
   * @param from Where it came from, for a person.
   * @param inspection What was found; with a refusal at least.
   */
  constructor(from: string, inspection: Inspection) {
    const [first] = inspection.refusals;
    const reasons = inspection.refusals.map(({ message }) => message).join("; ");
    super(first?.code ?? "troupe.BadComponent", "user", `${from} is refused: ${reasons}`);
    this.inspection = inspection;
  }

  /** Every reason. */
  get refusals(): readonly Refusal[] {
    return this.inspection.refusals;
  }
}

/** A component that is not where its spec says, or is not what it says. */
export class ComponentSourceError extends TroupeError {
  constructor(
    code:
      | "troupe.ComponentNotFound"
      | "troupe.ComponentUnreachable"
      | "troupe.DigestMismatch"
      | "troupe.TooLarge",
    message: string,
    options?: ErrorOptions,
  ) {
    super(code, code === "troupe.ComponentUnreachable" ? "system" : "user", message, options);
  }
}

/** A component that has more bytes than are accepted. */
export class TooLargeError extends ComponentSourceError {
  constructor(from: string, maxBytes: number) {
    super(
      "troupe.TooLarge",
      `${from} has more than ${maxBytes} bytes, which is the limit: build a smaller component`,
    );
  }
}

/** A component that takes more to be transpiled than it may. */
export class TranspileError extends TroupeError {
  constructor(from: string, problem: string, options?: ErrorOptions) {
    super(
      "troupe.TranspileFailed",
      "user",
      `${from} cannot be inspected and transpiled: ${problem}`,
      options,
    );
  }
}
