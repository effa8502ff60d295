/**
 * Runs an author's function on one envelope.
 *
 * @module
 */

import { duringHop } from "./_hop.ts";
import type { MeshCalls } from "./calls.ts";
import { AwaitError, NotYieldedError } from "./errors.ts";
import { isGenerator, isPromise, jsonText } from "./json.ts";
import { getValue } from "./mesh.ts";
import type { StateCalls } from "./state_calls.ts";
import { Verb } from "./verbs.ts";

/**
 * An actor: a plain function from payload to payload, or a generator. `undefined` emits nothing (more), `null` is the
 * payload null.
 */
export type Handler<In = never, Out = unknown> = (
  payload: In,
) => Out | undefined | void | Generator<Verb<unknown> | Out, Out | undefined | void, never>;

/**
 * Runs a handler. What it emits goes to the calls; what it returns last is returned here.
 *
 * @param handler The author's function.
 * @param payload A JSON text.
 * @param options `calls`: where the calls go. `state`: where those of `state` go, in a component that has it.
 * @returns The JSON text of the last payload, or undefined when there is none.
 * @throws whatever the handler throws; {@linkcode NotJsonError} for a payload that is none; {@linkcode AwaitError} when
 * it is asynchronous; {@linkcode NotYieldedError} when it forgot a `yield`.
 */
export function runHandler(
  handler: Handler,
  payload: string,
  { calls, state }: { readonly calls: MeshCalls; readonly state?: StateCalls | undefined },
): string | undefined {
  const pending = new Set<object>();
  return duringHop({ calls, pending, state }, () => {
    const result: unknown = handler(JSON.parse(payload) as never);
    refuseAsync(result);
    const last = isGenerator(result) ? drive(result, { calls, pending }) : result;
    const [forgotten] = pending;
    if (forgotten instanceof Verb) throw new NotYieldedError(forgottenMessage(forgotten));
    return last === undefined ? undefined : jsonText(last, "the returned payload");
  });
}

/** Throws for an asynchronous handler's result: the engine has no event loop, so that it would never settle. */
export function refuseAsync(result: unknown): void {
  const isAsyncGenerator = Object.prototype.toString.call(result) === "[object AsyncGenerator]";
  if (isAsyncGenerator || isPromise(result)) {
    throw new AwaitError(
      `handle returned ${
        isAsyncGenerator ? "an async generator" : "a promise"
      }, and nothing is awaited in an actor: ` +
        `make it a plain function or a generator (function*); calls to the mesh need no await`,
    );
  }
}

type Driven = { readonly calls: MeshCalls; readonly pending: Set<object> };

/** Does what a generator yields, and gives its last value. A refused call is thrown where it was yielded. */
function drive(steps: Generator<unknown, unknown, unknown>, hop: Driven): unknown {
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

function perform(yielded: unknown, { calls, pending }: Driven): unknown {
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
