/**
 * The mesh, called directly: for handlers that are plain functions, and for helpers deep within.
 *
 * @module
 */

import { currentHop } from "./_hop.ts";
import type { LogLevel, MeshCalls } from "./calls.ts";
import { type Json, jsonText } from "./json.ts";

/** The calls of the contract, with values instead of texts. They can be made only while an envelope is being handled. */
export interface Mesh {
  /** What is at a path of the envelope, with the edits so far; undefined where there is nothing. */
  get<T = Json>(path: string): T | undefined;
  /** Puts a value at a path: `.route.next` and below, or a header that is not reserved. */
  set(path: string, value: unknown): void;
  /** Removes what is at a path. */
  del(path: string): void;
  /** One downstream envelope with this payload, and route and headers as edited so far. */
  emit(payload: unknown): void;
  /** An event for whoever follows this envelope: at once, at most once. */
  fly(event: unknown): void;
  /** A line in the log, tagged with actor and envelope. */
  log(level: LogLevel, message: string): void;
}

/**
 * The mesh, called directly.
 *
 * @example
 * ```ts
 * import { mesh } from "@troupe/sdk";
 * import { run } from "@troupe/sdk/testing";
 * import { assertEquals } from "@std/assert";
 *
 * function handle(words: string[]) {
 *   for (const word of words) mesh.emit(word);
 * }
 *
 * assertEquals(run(handle, ["a", "b"]).payloads, ["a", "b"]);
 * ```
 */
export const mesh: Mesh = {
  get<T>(path: string): T | undefined {
    return getValue(calls("get"), path) as T | undefined;
  },
  set(path, value) {
    calls("set").set(path, jsonText(value, `the value for ${path}`));
  },
  del(path) {
    calls("del").del(path);
  },
  emit(payload) {
    calls("emit").emit(jsonText(payload, "the emitted payload"));
  },
  fly(event) {
    calls("fly").fly(jsonText(event, "the event"));
  },
  log,
};

/** A line in the log, tagged with actor and envelope. */
export function log(level: LogLevel, message: string): void {
  calls("log").log(level, message);
}

/** Reads a value through the contract's calls. */
export function getValue(through: MeshCalls, path: string): unknown {
  const text = through.get(path);
  return text === undefined ? undefined : JSON.parse(text);
}

function calls(name: string): MeshCalls {
  const hop = currentHop();
  if (hop) return hop.calls;
  throw new Error(
    `mesh.${name} was called while no envelope is being handled: call it from within the handler`,
  );
}
