/**
 * How a hop failed, on its way out of the sandbox.
 *
 * @module
 */

import type { GuestFailure } from "../../resiliency.ts";
import { decodeText, encodeText } from "./bytes.ts";
import { FrameError } from "./frames.ts";

/** Failures that a sandbox finds by itself. */
export const STOPPED = [
  "troupe.Trap",
  "troupe.MemoryLimit",
  "troupe.OutputLimit",
  "troupe.BadOutput",
  "troupe.HostCallLimit",
  "troupe.EgressBytes",
] as const;

/** The guest was stopped, or what it returned cannot be taken. */
export interface Stopped {
  readonly stopped: typeof STOPPED[number];
  readonly message: string;
}

/** How a hop failed, as the sandbox tells it. */
export type SandboxFailure = Stopped | GuestFailure;

/** Longest text of each part, in characters, and most base types. What is over is cut. */
export const FAILURE_BOUNDS = {
  name: 256,
  lineage: 32,
  message: 8 * 1024,
  traceback: 32 * 1024,
  details: 32 * 1024,
};

/** Longest body, in bytes: a character takes at most six where JSON escapes it. */
export const FAILURE_BYTES = 1024 * 1024;

/** JSON. Cuts what is too long; details, which would be no JSON any more, are left out instead. */
export function encodeFailure(failure: SandboxFailure): Uint8Array<ArrayBuffer> {
  return encodeText(JSON.stringify("stopped" in failure ? boundStopped(failure) : boundGuest(failure)));
}

function boundStopped({ stopped, message }: Stopped): Stopped {
  return { stopped, message: cut(message, FAILURE_BOUNDS.message) };
}

function boundGuest({ kind, lineage, message, traceback, details }: GuestFailure): GuestFailure {
  return {
    kind: cut(kind, FAILURE_BOUNDS.name),
    lineage: lineage.slice(0, FAILURE_BOUNDS.lineage).map((base) => cut(base, FAILURE_BOUNDS.name)),
    message: cut(message, FAILURE_BOUNDS.message),
    ...(traceback === undefined ? {} : { traceback: cut(traceback, FAILURE_BOUNDS.traceback) }),
    ...(details === undefined || details.length > FAILURE_BOUNDS.details ? {} : { details }),
  };
}

function cut(text: string, length: number): string {
  return text.slice(0, length).toWellFormed();
}

/** Reads a failure, of which every part may be anything. @throws {FrameError} when it is none. */
export function decodeFailure(body: Uint8Array<ArrayBuffer>): SandboxFailure {
  let value: unknown;
  try {
    value = JSON.parse(decodeText(body));
  } catch (error) {
    throw new FrameError("a failure that is not JSON", { cause: error });
  }
  if (typeof value !== "object" || value === null) throw new FrameError("a failure that is no object");
  const parts: Partial<Record<string, unknown>> = value;
  const { stopped, kind, message, lineage, traceback, details } = parts;
  if (!isText(message, FAILURE_BOUNDS.message)) throw new FrameError("a failure with a bad message");
  if (stopped !== undefined) {
    const known = STOPPED.find((type) => type === stopped);
    if (!known) throw new FrameError("a failure of an unknown type");
    return { stopped: known, message };
  }
  if (!isText(kind, FAILURE_BOUNDS.name)) throw new FrameError("a failure with a bad kind");
  if (!isLineage(lineage)) throw new FrameError("a failure with a bad lineage");
  return {
    kind,
    lineage,
    message,
    ...(isText(traceback, FAILURE_BOUNDS.traceback) ? { traceback } : {}),
    ...(isText(details, FAILURE_BOUNDS.details) ? { details } : {}),
  };
}

function isText(value: unknown, longest: number): value is string {
  return typeof value === "string" && value.length <= longest;
}

function isLineage(value: unknown): value is string[] {
  return Array.isArray(value) && value.length <= FAILURE_BOUNDS.lineage &&
    value.every((base) => isText(base, FAILURE_BOUNDS.name));
}
