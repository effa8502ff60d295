/**
 * What a hop's failure is called, by what was thrown.
 *
 * @module
 */

import type { Limits } from "../../limits.ts";
import type { GuestFailure } from "../../resiliency.ts";
import type { SandboxFailure, Stopped } from "../wire/failure.ts";
import { GuestTextError } from "./guest_text.ts";

/** A guest whose memory is as full as this has failed for want of it. */
const FULL = 0.99;

/** A hop is stopped for a reason that has a name. */
export class StoppedError extends Error {
  override readonly name = "StoppedError";
  readonly stopped: Stopped["stopped"];

  constructor({ stopped, message }: Stopped) {
    super(message);
    this.stopped = stopped;
  }
}

/** The memories of an instance are larger than allowed, together. */
export function memoryFailure({ memoryBytes }: Pick<Limits, "memoryBytes">): StoppedError {
  return new StoppedError({
    stopped: "troupe.MemoryLimit",
    message: `The actor needs more than its ${memoryBytes} bytes of memory (limits.memory)`,
  });
}

/** What was returned is too long. */
export function outputFailure({ emittedBytes }: Pick<Limits, "emittedBytes">): StoppedError {
  return new StoppedError({
    stopped: "troupe.OutputLimit",
    message: `The actor returned more than ${emittedBytes} bytes (limits.emittedBytes)`,
  });
}

/**
 * Names what was thrown out of a call of the guest. jco's glue throws the failure that a guest returned as a plain object;
 * anything else is a trap, which stands for want of memory where the memory is full.
 *
 * @param state The actor's limits, and how large the memories of the instance are.
 */
export function failureOf(
  thrown: unknown,
  { limits, memoryBytes }: { limits: Limits; memoryBytes: number },
): SandboxFailure {
  if (thrown instanceof StoppedError) return { stopped: thrown.stopped, message: thrown.message };
  if (thrown instanceof GuestTextError) return { stopped: thrown.code, message: thrown.message };
  const failure = guestFailureOf(thrown);
  if (failure) return failure;
  if (memoryBytes > FULL * limits.memoryBytes) {
    const { stopped, message } = memoryFailure(limits);
    return { stopped, message: `${message}; it ended with ${describe(thrown)}` };
  }
  return { stopped: "troupe.Trap", message: describe(thrown) };
}

/** The failure that a guest returned, where it is one. */
function guestFailureOf(thrown: unknown): GuestFailure | undefined {
  if (typeof thrown !== "object" || thrown === null || thrown instanceof Error) return undefined;
  const { kind, lineage, message, traceback, details } = thrown as Partial<Record<string, unknown>>;
  if (typeof kind !== "string" || typeof message !== "string" || !Array.isArray(lineage)) return undefined;
  if (!lineage.every((base) => typeof base === "string")) return undefined;
  return {
    kind,
    lineage,
    message,
    ...(typeof traceback === "string" ? { traceback } : {}),
    ...(typeof details === "string" ? { details } : {}),
  };
}

/** One line about anything that was thrown. */
export function describe(thrown: unknown): string {
  if (!(thrown instanceof Error)) return "an exception of its own";
  return thrown.name === "InstantiationError" ? thrown.message : `${thrown.name}: ${thrown.message}`;
}
