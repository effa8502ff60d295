/**
 * Runs an author's function on one envelope.
 *
 * @module
 */

import { type CurrentHop, duringHop, type HopCalls } from "./_hop.ts";
import { AwaitError, NotYieldedError } from "./errors.ts";
import { isAsyncGenerator, isGenerator, isPromise, jsonText } from "./json.ts";
import { getValue } from "./mesh.ts";
import { Verb } from "./verbs.ts";

/** What a handler that is not asynchronous returns. */
type Returned<Out> = Out | undefined | void | Generator<Verb<unknown> | Out, Out | undefined | void, never>;

/** What one returns that is. */
type Promised<Out> =
  | Promise<Out | undefined | void>
  | AsyncGenerator<Verb<unknown> | Out, Out | undefined | void, never>;

/**
 * An actor: a function from payload to payload, or a generator, either of them asynchronous or not. `undefined` emits
 * nothing (more), `null` is the payload null.
 */
export type Handler<In = never, Out = unknown> = (payload: In) => Returned<Out> | Promised<Out>;

/**
 * Runs a handler that is not asynchronous. What it emits goes to the calls; what it returns last is returned here.
 *
 * @param handler The author's function.
 * @param payload A JSON text.
 * @param calls Where the calls go.
 * @returns The JSON text of the last payload, or undefined when there is none.
 * @throws whatever the handler throws; {@linkcode NotJsonError} for a payload that is none; {@linkcode AwaitError} when
 * it is asynchronous; {@linkcode NotYieldedError} when it forgot a `yield`.
 */
export function runHandler(handler: Handler, payload: string, calls: HopCalls): string | undefined {
  const hop = { ...calls, pending: new Set<object>() };
  return duringHop(hop, () => {
    const result: unknown = handler(JSON.parse(payload) as never);
    refuseAsync(result);
    return lastText(isGenerator(result) ? drive(result, hop) : result, hop);
  });
}

/** Throws for an asynchronous handler's result, where nothing runs what it waits for. */
function refuseAsync(result: unknown): void {
  if (!isAsyncGenerator(result) && !isPromise(result)) return;
  throw new AwaitError(
    "handle returned a promise or an async generator, and nothing in the actor's own files is asynchronous: declare " +
      "handle as async (and test it with runAsync)",
  );
}

/** The text of what a handler has returned last. @throws {NotYieldedError} when it forgot a `yield`. */
export function lastText(last: unknown, { pending }: Pick<CurrentHop, "pending">): string | undefined {
  const [forgotten] = pending;
  if (forgotten instanceof Verb) throw new NotYieldedError(forgottenMessage(forgotten));
  return last === undefined ? undefined : jsonText(last, "the returned payload");
}

/** Does what a generator yields, and gives its last value. A refused call is thrown where it was yielded. */
export function drive(steps: Generator<unknown, unknown, unknown>, hop: CurrentHop): unknown {
  let step = steps.next();
  while (!step.done) {
    let answer: unknown;
    try {
      answer = perform(step.value, hop);
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next(answer);
  }
  return step.value;
}

/** Does one thing that was yielded, and gives the answer. */
export function perform(yielded: unknown, { calls, pending }: CurrentHop): unknown {
  if (!(yielded instanceof Verb)) {
    if (yielded !== undefined) calls.emit(jsonText(yielded, "the yielded payload"));
    return undefined;
  }
  pending.delete(yielded);
  const { call } = yielded;
  switch (call.verb) {
    case "get":
      return getValue(calls, call.path);
    case "set":
      return calls.set(call.path, jsonText(call.value, `the value for ${call.path}`));
    case "del":
      return calls.del(call.path);
    case "emit":
      return calls.emit(jsonText(call.payload, "the emitted payload"));
    case "fly":
      return calls.fly(jsonText(call.event, "the event"));
  }
}

function forgottenMessage({ call }: Verb<unknown>): string {
  const what = "path" in call ? `${call.verb}(${JSON.stringify(call.path)})` : `${call.verb}(…)`;
  return `${what} was made but never yielded, so that nothing came of it: write "yield ${call.verb}(…)" in a ` +
    `generator (function*), or "mesh.${call.verb}(…)" anywhere`;
}
