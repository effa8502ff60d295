/**
 * Why there is no component to be run.
 *
 * @module
 */

import { TroupeError } from "../errors.ts";
import type { Inspection } from "./component.ts";

/** A component that may not run. The code is that of the first reason. */
export class ComponentRefusedError extends TroupeError {
  readonly inspection: Inspection;

  /** @param from Where it came from, for a person. */
  constructor(from: string, inspection: Inspection) {
    const [first] = inspection.refusals;
    const reasons = inspection.refusals.map(({ message }) => message).join("; ");
    super(first?.code ?? "troupe.BadComponent", "user", `${from} is refused: ${reasons}`);
    this.inspection = inspection;
  }
}

/** A component that cannot be had. */
export class ComponentSourceError extends TroupeError {
  constructor(
    code: "troupe.NoComponent" | "troupe.DigestMismatch" | "troupe.TooLarge",
    message: string,
    options?: ErrorOptions,
  ) {
    super(code, "user", message, options);
  }
}

/** A component that cannot be transpiled within its bounds. */
export class TranspileError extends TroupeError {
  constructor(from: string, problem: string, options?: ErrorOptions) {
    super("troupe.BadComponent", "user", `${from} cannot be transpiled: ${problem}`, options);
  }
}
