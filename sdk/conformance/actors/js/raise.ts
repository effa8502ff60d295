/**
 * Failures of every shape.
 *
 * @module
 */

import { Fatal, mesh, RetryAfter } from "@troupe/sdk";

class BaseError extends Error {}

/** An error of the actor's own. */
export class CustomError extends BaseError {}

/** An error that says more. */
export class DetailedError extends Error {
  /** What it says. */
  readonly details: { readonly field: string } = { field: "email" };
}

/** Fails in the way that a case names. */
export function raise(shape: string): never {
  switch (shape) {
    case "custom":
      throw new CustomError("custom");
    case "caused":
      throw new Error("outer", { cause: new Error("inner") });
    case "fatal":
      throw new Fatal("fatal");
    case "retry-after":
      throw new RetryAfter(30, "later");
    case "details":
      throw new DetailedError("details");
    case "unicode":
      throw new Error("Grüße 🎭 \0 end");
    case "empty":
      throw new Error("");
    case "crash":
      return (undefined as unknown as { crash(): never }).crash();
    case "refused":
      mesh.set(".status", 1);
      throw new Error("it was not refused");
    case "not-an-error":
      throw "text";
    default:
      throw new Error(shape);
  }
}
