/**
 * What an actor written as a generator yields.
 *
 * @module
 */

import { currentHop } from "./_hop.ts";
import type { Json } from "./json.ts";

/** What a verb asks for. */
export type VerbCall =
  | { readonly verb: "get"; readonly path: string }
  | { readonly verb: "set"; readonly path: string; readonly value: unknown }
  | { readonly verb: "del"; readonly path: string }
  | { readonly verb: "emit"; readonly payload: unknown }
  | { readonly verb: "fly"; readonly event: unknown };

/**
 * Something to be done, which is done when it is yielded. `yield*` gives the answer with its type.
 *
 * A class of its own, so that no payload can be taken for a verb.
 */
export class Verb<Answer = void> {
  /** What it asks for. */
  readonly call: VerbCall;

  /** @param call What it asks for. */
  constructor(call: VerbCall) {
    this.call = call;
    currentHop()?.pending.add(this);
  }

  /** Yields itself and returns the answer, for `yield*`. */
  *[Symbol.iterator](): Generator<Verb<Answer>, Answer, unknown> {
    return (yield this) as Answer;
  }
}

/**
 * Puts a value at a path of the envelope: `.route.next` and below, or a header that is not reserved. What is emitted
 * from then on has it.
 *
 * @param path Such as `.route.next[:0]` (prepend), `.headers.lang`, `.headers["any name"]`.
 *
 * @example
 * ```ts
 * import { set, type Steps } from "@troupe/sdk";
 * import { run } from "@troupe/sdk/testing";
 * import { assertEquals } from "@std/assert";
 *
 * function* handle(payload: { urgent: boolean }): Steps<{ urgent: boolean }> {
 *   if (payload.urgent) yield set(".route.next[:0]", ["express"]);
 *   yield payload;
 * }
 *
 * const hop = run(handle, { urgent: true }, { grants: ["express"] });
 * assertEquals(hop.emits[0]?.route.next, ["express"]);
 * ```
 */
export function set(path: string, value: unknown): Verb {
  return new Verb({ verb: "set", path, value });
}

/** Removes what is at a path of the envelope. */
export function del(path: string): Verb {
  return new Verb({ verb: "del", path });
}

/**
 * Reads what is at a path of the envelope, with the edits so far: `const lang = yield* get<string>(".headers.lang")`.
 * Undefined where there is nothing.
 */
export function get<T = Json>(path: string): Verb<T | undefined> {
  return new Verb({ verb: "get", path });
}

/** Emits a payload, as yielding the payload itself does; for those that could be taken for something else. */
export function emit(payload: unknown): Verb {
  return new Verb({ verb: "emit", payload });
}

/** Sends an event to whoever follows this envelope: at once, at most once, never part of the result. */
export function fly(event: unknown): Verb {
  return new Verb({ verb: "fly", event });
}

/** What a handler written as a generator is declared to return: it yields verbs and payloads, and may return a last one. */
export type Steps<Yielded = unknown, Last = void> = Generator<Verb<unknown> | Yielded, Last, unknown>;

/** The same of an async generator. */
export type AsyncSteps<Yielded = unknown, Last = void> = AsyncGenerator<
  Verb<unknown> | Yielded,
  Last,
  unknown
>;
