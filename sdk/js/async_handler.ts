/**
 * Runs an author's function on one envelope, where it may be asynchronous.
 *
 * @module
 */

import type { CurrentHop } from "./_hop.ts";
import { drive, type Handler, lastText, perform } from "./handler.ts";
import { isAsyncGenerator, isGenerator } from "./json.ts";

/**
 * Runs any handler. What it emits goes to the calls of the hop, which is the current one until the promise is settled:
 * whoever calls this sees to that.
 *
 * @param payload A JSON text.
 * @returns The JSON text of the last payload, or undefined when there is none. Rejects as `runHandler` throws.
 */
export async function settleHandler(
  handler: Handler,
  payload: string,
  hop: CurrentHop,
): Promise<string | undefined> {
  const result: unknown = handler(JSON.parse(payload) as never);
  if (isAsyncGenerator(result)) return lastText(await driveAsync(result, hop), hop);
  return lastText(isGenerator(result) ? drive(result, hop) : await result, hop);
}

async function driveAsync(
  steps: AsyncGenerator<unknown, unknown, unknown>,
  hop: CurrentHop,
): Promise<unknown> {
  let step = await steps.next();
  while (!step.done) {
    let answer: unknown;
    try {
      answer = perform(step.value, hop);
    } catch (error) {
      step = await steps.throw(error);
      continue;
    }
    step = await steps.next(answer);
  }
  return step.value;
}
