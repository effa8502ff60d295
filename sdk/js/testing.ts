/**
 * Runs an actor in a unit test, without building it: the same driver as in the component, with the host's own rules about
 * what an actor may edit and emit.
 *
 * @module
 */

import { Draft, RefusedCallError } from "@troupe/host/draft";
import { DEFAULT_LIMITS } from "@troupe/host/limits";
import type { LogLevel, MeshCalls } from "./calls.ts";
import { RefusedError } from "./errors.ts";
import { failureOf, type GuestFailure } from "./failure.ts";
import { type Handler, runHandler } from "./handler.ts";
import { type Json, jsonText } from "./json.ts";
import { TestState } from "./testing_state.ts";

export { TestState };

/** What a handler is tested with. */
export interface RunOptions {
  /** Actors that it may add to a route, as in `spec.grants.route`. @default [] */
  readonly grants?: readonly string[];
  /** Name of the actor. @default "actor" */
  readonly actor?: string;
  /** Id of the envelope. @default "test" */
  readonly id?: string;
  /** Actors done. @default [] */
  readonly prev?: readonly string[];
  /** Actors that remain. @default [] */
  readonly next?: readonly string[];
  /** The envelope's headers. @default {} */
  readonly headers?: { readonly [name: string]: Json };
  /** Most emits. @default 1000 */
  readonly emits?: number;
  /** What it keeps; given to several runs, the later ones find what the earlier ones left. @default an empty one */
  readonly state?: TestState;
}

/** One downstream envelope. */
export interface TestEmit {
  readonly payload: Json;
  readonly route: {
    readonly prev: readonly string[];
    readonly curr: string;
    readonly next: readonly string[];
  };
  readonly headers: { readonly [name: string]: Json };
}

/** What came of a run. */
export interface TestRun {
  /** What it emitted; nothing when it failed, since a hop is all or nothing. */
  readonly emits: readonly TestEmit[];
  /** Payloads of the emits. */
  readonly payloads: readonly Json[];
  /** Edits, in order, refused ones left out. */
  readonly edits: readonly { readonly verb: "set" | "del"; readonly path: string; readonly value?: Json }[];
  /** Events that it sent upstream. */
  readonly flies: readonly Json[];
  readonly logs: readonly { readonly level: LogLevel; readonly message: string }[];
  /** Why it failed, if it did. */
  readonly failure?: GuestFailure;
}

/**
 * Runs a handler on a payload. A failure of the handler is part of the result.
 *
 * @throws {NotJsonError} when the payload or a header is no JSON.
 *
 * @example
 * ```ts
 * import { run } from "@troupe/sdk/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const hop = run((text: string) => text.length, "four");
 * assertEquals(hop.payloads, [4]);
 * ```
 */
export function run<In>(handle: Handler<In>, payload: In, options: RunOptions = {}): TestRun {
  const { grants = [], actor = "actor", id = "test", prev = [], next = [], headers = {} } = options;
  const { state = new TestState() } = options;
  const edits: TestRun["edits"][number][] = [];
  const flies: Json[] = [];
  const logs: TestRun["logs"][number][] = [];
  const limits = { ...DEFAULT_LIMITS, ...(options.emits === undefined ? {} : { emits: options.emits }) };
  const source = {
    id,
    route: { prev, curr: actor, next },
    headers: JSON.parse(jsonText(headers, "headers")),
  };
  const draft = new Draft(source, { grants: { route: grants }, limits });
  const calls: MeshCalls = {
    get: (path) => orRefusal(() => draft.get(path)),
    set(path, value) {
      orRefusal(() => draft.set(path, value));
      edits.push({ verb: "set", path, value: JSON.parse(value) });
    },
    del(path) {
      orRefusal(() => draft.del(path));
      edits.push({ verb: "del", path });
    },
    emit: (text) => orRefusal(() => draft.emit(text)),
    fly: (event) => void flies.push(JSON.parse(event)),
    log: (level, message) => void logs.push({ level, message }),
  };
  const text = jsonText(payload, "the payload");
  let failure: GuestFailure | undefined;
  try {
    const last = runHandler(handle as Handler, text, { calls, state });
    if (last !== undefined) calls.emit(last);
  } catch (error) {
    failure = failureOf(error);
  }
  const emits = failure ? [] : draft.emits.map(({ payload, route, headers }) => ({
    payload: JSON.parse(payload),
    route,
    headers: { ...headers },
  }));
  return {
    emits,
    payloads: emits.map(({ payload }) => payload),
    edits,
    flies,
    logs,
    ...(failure === undefined ? {} : { failure }),
  };
}

/** A refusal as an actor sees it. */
function orRefusal<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof RefusedCallError) throw new RefusedError(error.code, error.message);
    throw error;
  }
}
