/**
 * The interface `state` of actor.wit: asked of the host, while the guest waits.
 *
 * @module
 */

import { decodeMessage, encodeMessage } from "../wire/ask.ts";
import type { GuestText } from "./guest_text.ts";
import type { Mesh } from "./mesh.ts";

/** What the host answers, in the head of a message. */
interface Answer {
  readonly refused?: { readonly code: string; readonly message: string };
  /** Versions and numbers are texts: they can be larger than a number can. */
  readonly version?: string;
  readonly number?: string;
  readonly deleted?: boolean;
  readonly keys?: string[];
}

/** Its imports. */
export function stateImports(hop: () => Mesh, text: GuestText): Record<string, object> {
  const ask = async (question: object, value?: Uint8Array) => {
    const { calls } = hop();
    const message = await calls.wait(calls.ask("state", encodeMessage(question, value)));
    text.reset();
    const { head, bytes } = decodeMessage(message);
    const answer = head as Answer;
    // As the glue expects a refusal: a plain object.
    if (answer.refused) throw answer.refused;
    return { ...answer, bytes };
  };
  const version = (answer: Answer) => answer.version === undefined ? undefined : BigInt(answer.version);
  const told = (number: bigint | undefined) => number === undefined ? {} : { expected: String(number) };
  const living = (ttl: bigint | undefined) => ttl === undefined ? {} : { ttl: String(ttl) };
  const state = {
    async get(key: string) {
      const answer = await ask({ verb: "get", key });
      const found = version(answer);
      return found === undefined ? undefined : { value: answer.bytes, version: found };
    },
    set: async (key: string, value: Uint8Array, ttl: bigint | undefined) =>
      version(await ask({ verb: "set", key, ...living(ttl) }, value)),
    swap: async (key: string, expected: bigint | undefined, value: Uint8Array, ttl: bigint | undefined) =>
      version(await ask({ verb: "swap", key, ...told(expected), ...living(ttl) }, value)),
    delete: async (key: string) => (await ask({ verb: "delete", key })).deleted === true,
    keys: async (prefix: string, after: string | undefined, limit: number) =>
      (await ask({ verb: "keys", prefix, ...(after === undefined ? {} : { after }), limit })).keys ?? [],
    add: async (key: string, delta: bigint) =>
      BigInt((await ask({ verb: "add", key, delta: String(delta) })).number ?? 0),
  };
  return { "troupe:actor/state": Object.freeze(Object.assign(Object.create(null), state)) };
}
