/**
 * What an author throws, as the contract's `failure`.
 *
 * @module
 */

import { jsonText } from "./json.ts";

/** How an actor says that it failed (actor.wit, `failures`). */
export interface GuestFailure {
  /** The error's type, such as `ParseError`. */
  readonly kind: string;
  /** Its base types, nearest first. */
  readonly lineage: readonly string[];
  readonly message: string;
  /** Kind, message, stack, and those of its causes. */
  readonly traceback?: string;
  /** The error's `details`, as a JSON text. */
  readonly details?: string;
}

/** Longest details, in characters: they are worth nothing when cut. */
const MAX_DETAILS = 32 * 1024;
/** How many causes a traceback tells of. */
const MAX_CAUSES = 5;

/**
 * Turns anything that was thrown into a failure. The kind of an error is its class's name, or its own `name` where it has
 * been given one; the lineage is its prototype chain.
 *
 * @param thrown Anything.
 * @param options `explain`: adds to the message of an error. `mapStack`: rewrites the positions in a stack.
 *
 * @example
 * ```ts
 * import { failureOf } from "@troupe/sdk/failure";
 * import { assertEquals } from "@std/assert";
 *
 * class ParseError extends SyntaxError {}
 * const { kind, lineage, message } = failureOf(new ParseError("line 3"));
 * assertEquals([kind, lineage, message], ["ParseError", ["SyntaxError", "Error"], "line 3"]);
 * ```
 */
export function failureOf(
  thrown: unknown,
  { explain = () => "", mapStack = (stack) => stack }: {
    explain?: (error: Error) => string;
    mapStack?: (stack: string) => string;
  } = {},
): GuestFailure {
  try {
    if (!(thrown instanceof Error)) return otherFailure(thrown);
    const { kind, lineage } = typeOf(thrown);
    const details = detailsOf("details" in thrown ? thrown.details : undefined);
    return {
      kind,
      lineage,
      message: (String(thrown.message) + explain(thrown)).toWellFormed(),
      traceback: tracebackOf(thrown, mapStack).toWellFormed(),
      ...(details === undefined ? {} : { details }),
    };
  } catch {
    // Its getters throw, or it has none of an error's members: there is nothing more to be learnt from it.
    return { kind: "Error", lineage: [], message: "something was thrown that cannot be read" };
  }
}

/** Anything can be thrown; what is no error has no type. */
function otherFailure(thrown: unknown): GuestFailure {
  const details = detailsOf(thrown);
  return {
    kind: "NotAnError",
    lineage: [],
    message: `${typeof thrown === "string" ? thrown : details ?? typeof thrown} was thrown`.toWellFormed(),
    ...(details === undefined ? {} : { details }),
  };
}

function typeOf(error: Error): { kind: string; lineage: string[] } {
  const classes: string[] = [];
  for (let at = Object.getPrototypeOf(error); at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    const name = Object.hasOwn(at, "constructor") ? at.constructor?.name : undefined;
    if (typeof name === "string" && name !== "") classes.push(name.toWellFormed());
  }
  const name = String(error.name).toWellFormed();
  // A subclass that sets no name inherits "Error": its class says more.
  if (name === "" || classes.includes(name)) {
    return { kind: classes[0] ?? "Error", lineage: classes.slice(1) };
  }
  return { kind: name, lineage: classes };
}

function tracebackOf(error: Error, mapStack: (stack: string) => string): string {
  const parts: string[] = [];
  let at: unknown = error;
  for (let n = 0; at instanceof Error && n <= MAX_CAUSES; n++, at = at.cause) {
    const stack = mapStack(String(at.stack ?? "")).trimEnd();
    const head = `${typeOf(at).kind}: ${at.message}`;
    // Some engines begin the stack with the message, some do not.
    parts.push(stack.includes(at.message) && at.message !== "" ? stack : `${head}\n${stack}`.trimEnd());
  }
  return parts.join("\nCaused by: ");
}

function detailsOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  try {
    const text = jsonText(value, "details");
    return text.length <= MAX_DETAILS ? text : undefined;
  } catch {
    // Details are an extra; the failure itself has to get through without them.
    return undefined;
  }
}
