/**
 * The bodies of frames. What comes from a sandbox is read with bounds and answered with a {@linkcode FrameError} where
 * it is not what it should be.
 *
 * @module
 */

import type { DraftSource } from "../draft.ts";
import { parseJson } from "../json_value.ts";
import type { Grants, Isolation, Limits } from "../limits.ts";
import { FrameError } from "./frames.ts";

const ENCODER = new TextEncoder();
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What a sandbox is loaded with. */
export interface LoadSettings {
  readonly actor: string;
  readonly grants: Grants;
  readonly limits: Limits;
  readonly isolation: Isolation;
}

/** A sandbox's load: settings, glue, and the core modules by name. */
export interface Load extends LoadSettings {
  readonly glue: Uint8Array;
  readonly modules: readonly { readonly name: string; readonly bytes: Uint8Array }[];
}

/** `u32 length | settings, JSON`, then glue and modules, whose lengths the settings hold. */
export function encodeLoad({ glue, modules, ...settings }: Load): Uint8Array[] {
  const parts = modules.map(({ name, bytes }) => ({ name, length: bytes.length }));
  return [
    ...withLength(ENCODER.encode(JSON.stringify({ ...settings, glue: glue.length, modules: parts }))),
    glue,
  ]
    .concat(modules.map(({ bytes }) => bytes));
}

/** Reads a load; it comes from the host and is trusted. */
export function decodeLoad(body: Uint8Array<ArrayBuffer>): Load {
  const [head, rest] = splitLength(body);
  const { glue, modules, ...settings } = JSON.parse(UTF8.decode(head));
  let at = glue;
  return {
    ...settings,
    glue: rest.subarray(0, glue),
    modules: (modules as { name: string; length: number }[]).map(({ name, length }) => ({
      name,
      bytes: rest.subarray(at, at += length),
    })),
  };
}

/** An envelope to be handled: what the actor can read, and the payload. */
export interface Handle {
  readonly source: DraftSource;
  readonly payload: string;
}

/** `u32 length | source, JSON | payload`. */
export function encodeHandle({ source, payload }: Handle): Uint8Array[] {
  const { id, parentId, route, headers, status } = source;
  return [
    ...withLength(ENCODER.encode(JSON.stringify({ id, parentId, route, headers, status }))),
    ENCODER.encode(payload),
  ];
}

/** Reads an envelope; it comes from the host and is trusted. */
export function decodeHandle(body: Uint8Array<ArrayBuffer>): Handle {
  const [head, rest] = splitLength(body);
  return { source: parseJson(UTF8.decode(head)) as unknown as DraftSource, payload: UTF8.decode(rest) };
}

/** What an actor asked for during a hop. */
export type Call =
  | { readonly verb: "set"; readonly path: string; readonly value: string }
  | { readonly verb: "del"; readonly path: string }
  | { readonly verb: "emit"; readonly payload: string }
  | { readonly verb: "fly"; readonly event: string }
  | { readonly verb: "log"; readonly level: "debug" | "info" | "warn" | "error"; readonly message: string };

const VERBS = ["set", "del", "emit", "fly", "log"] as const;
const LEVELS = ["debug", "info", "warn", "error"] as const;

/** `u8 verb | u8 refused | u32 length | first text | second text`. */
export function encodeCall(call: Call, refused: boolean): Uint8Array[] {
  const [first, second] = textsOf(call);
  return [
    Uint8Array.of(VERBS.indexOf(call.verb), refused ? 1 : 0),
    ...withLength(ENCODER.encode(first)),
    ENCODER.encode(second),
  ];
}

function textsOf(call: Call): [string, string] {
  switch (call.verb) {
    case "set":
      return [call.path, call.value];
    case "del":
      return [call.path, ""];
    case "emit":
      return ["", call.payload];
    case "fly":
      return ["", call.event];
    case "log":
      return [call.level, call.message];
  }
}

/** Reads a call, and whether the sandbox has refused it. @throws {FrameError} */
export function decodeCall(body: Uint8Array<ArrayBuffer>): { call: Call; refused: boolean } {
  const verb = VERBS[body[0] ?? -1];
  const flag = body[1];
  if (!verb || (flag !== 0 && flag !== 1)) throw new FrameError("no such call");
  const [head, rest] = splitLength(body.subarray(2));
  return { call: callOf(verb, text(head), text(rest)), refused: flag === 1 };
}

function callOf(verb: typeof VERBS[number], first: string, second: string): Call {
  switch (verb) {
    case "set":
      return { verb, path: first, value: second };
    case "del":
      return { verb, path: first };
    case "emit":
      return { verb, payload: second };
    case "fly":
      return { verb, event: second };
    case "log": {
      const level = LEVELS.find((level) => level === first);
      if (!level) throw new FrameError("no such level");
      return { verb, level, message: second };
    }
  }
}

/**
 * How a hop failed, as the sandbox tells it. `guest`: the actor returned a failure. `trap`: it was stopped by the engine.
 * `memory`: it was, with its memory full. `output`: what it returned is over a limit.
 */
export interface SandboxFailure {
  readonly cause: "guest" | "trap" | "memory" | "output";
  readonly kind: string;
  readonly lineage: readonly string[];
  readonly message: string;
  readonly traceback?: string;
  readonly details?: string;
}

/** Longest text in a failure, in characters, and most base types: what is over is cut. */
export const FAILURE_BOUNDS = {
  name: 256,
  lineage: 32,
  message: 8 * 1024,
  traceback: 32 * 1024,
  details: 32 * 1024,
};

/** Longest body of a failure, in bytes: four for each character, and what JSON adds. */
export const FAILURE_BYTES = 1024 * 1024;

/** JSON; cuts what is too long. */
export function encodeFailure(failure: SandboxFailure): Uint8Array<ArrayBuffer> {
  const cut = (text: string, length: number) => text.slice(0, length).toWellFormed();
  const { name, lineage, message, traceback, details } = FAILURE_BOUNDS;
  return ENCODER.encode(JSON.stringify({
    cause: failure.cause,
    kind: cut(failure.kind, name),
    lineage: failure.lineage.slice(0, lineage).map((base) => cut(base, name)),
    message: cut(failure.message, message),
    ...(failure.traceback === undefined ? {} : { traceback: cut(failure.traceback, traceback) }),
    ...(failure.details === undefined ? {} : { details: cut(failure.details, details) }),
  }));
}

/** Reads a failure, of which every part may be anything. @throws {FrameError} */
export function decodeFailure(body: Uint8Array<ArrayBuffer>): SandboxFailure {
  let value: unknown;
  try {
    value = JSON.parse(UTF8.decode(body));
  } catch {
    throw new FrameError("a failure that is not JSON");
  }
  if (!isFailure(value)) throw new FrameError("a failure of another shape");
  return value;
}

function isFailure(value: unknown): value is SandboxFailure {
  if (typeof value !== "object" || value === null) return false;
  const { cause, kind, lineage, message, traceback, details } = value as Record<string, unknown>;
  const isText = (part: unknown, length: number) => typeof part === "string" && part.length <= length;
  const isOptional = (part: unknown, length: number) => part === undefined || isText(part, length);
  return typeof cause === "string" && ["guest", "trap", "memory", "output"].includes(cause) &&
    isText(kind, FAILURE_BOUNDS.name) && isText(message, FAILURE_BOUNDS.message) &&
    Array.isArray(lineage) && lineage.length <= FAILURE_BOUNDS.lineage &&
    lineage.every((base) => isText(base, FAILURE_BOUNDS.name)) &&
    isOptional(traceback, FAILURE_BOUNDS.traceback) && isOptional(details, FAILURE_BOUNDS.details);
}

/** A body that is a text. @throws {FrameError} when it is not UTF-8. */
export function text(body: Uint8Array<ArrayBuffer>): string {
  try {
    return UTF8.decode(body);
  } catch {
    throw new FrameError("a text that is not UTF-8");
  }
}

function withLength(bytes: Uint8Array): [Uint8Array, Uint8Array] {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, bytes.length);
  return [length, bytes];
}

function splitLength(body: Uint8Array<ArrayBuffer>): [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>] {
  if (body.length < 4) throw new FrameError("a body that is too short");
  const length = new DataView(body.buffer, body.byteOffset).getUint32(0);
  if (4 + length > body.length) throw new FrameError("a length beyond the end of the body");
  return [body.subarray(4, 4 + length), body.subarray(4 + length)];
}
