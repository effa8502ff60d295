/**
 * What an actor asked for during a hop, on its way out of the sandbox.
 *
 * @module
 */

import { decodeText, encodeText, splitLength, withLength } from "./bytes.ts";
import { FrameError } from "./frames.ts";

/** Levels of a log line, in the order of actor.wit. */
export const LEVELS = ["debug", "info", "warn", "error"] as const;
/** Level of a log line. */
export type Level = typeof LEVELS[number];

/** A call that may be refused, and that the host makes again on its own copy. */
export type Edit =
  /** Only told where it was refused: what is read stays in the sandbox. */
  | { readonly verb: "get"; readonly path: string }
  | { readonly verb: "set"; readonly path: string; readonly value: string }
  | { readonly verb: "del"; readonly path: string }
  | { readonly verb: "emit"; readonly payload: string }
  | { readonly verb: "fly"; readonly event: string };

/** What a sandbox tells of a hop while it runs. */
export type Call =
  | Edit
  | { readonly verb: "log"; readonly level: Level; readonly message: string }
  /** Bytes of log that were over the limit. */
  | { readonly verb: "dropped"; readonly bytes: number };

const VERBS = ["get", "set", "del", "emit", "fly", "log", "dropped"] as const;

/** Bytes of a call's body beside its texts. */
export const CALL_OVERHEAD_BYTES = 6;

/** `u8 verb | u8 refused | u32 length | first text | second text`. */
export function encodeCall(call: Call, refused: boolean): Uint8Array[] {
  const [first, second] = textsOf(call);
  const head = Uint8Array.of(VERBS.indexOf(call.verb), refused ? 1 : 0);
  return [head, ...withLength(encodeText(first)), encodeText(second)];
}

function textsOf(call: Call): [string, string] {
  switch (call.verb) {
    case "get":
    case "del":
      return [call.path, ""];
    case "set":
      return [call.path, call.value];
    case "emit":
      return ["", call.payload];
    case "fly":
      return ["", call.event];
    case "log":
      return [call.level, call.message];
    case "dropped":
      return [String(call.bytes), ""];
  }
}

/** Reads a call, and whether the sandbox has refused it. @throws {FrameError} when it is none. */
export function decodeCall(body: Uint8Array<ArrayBuffer>): { call: Call; refused: boolean } {
  const verb = VERBS[body[0] ?? -1];
  const flag = body[1];
  if (!verb || (flag !== 0 && flag !== 1)) throw new FrameError("no such call");
  const [first, second] = splitLength(body.subarray(2));
  return { call: callOf(verb, decodeText(first), decodeText(second)), refused: flag === 1 };
}

function callOf(verb: typeof VERBS[number], first: string, second: string): Call {
  switch (verb) {
    case "get":
    case "del":
      return { verb, path: first };
    case "set":
      return { verb, path: first, value: second };
    case "emit":
      return { verb, payload: second };
    case "fly":
      return { verb, event: second };
    case "log": {
      const level = LEVELS.find((level) => level === first);
      if (!level) throw new FrameError("no such level");
      return { verb, level, message: second };
    }
    case "dropped":
      if (!/^\d{1,15}$/.test(first)) throw new FrameError("no such count");
      return { verb, bytes: Number(first) };
  }
}
