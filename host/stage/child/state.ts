/**
 * The interface `state` of actor.wit: asked of the host, while the guest waits.
 *
 * @module
 */

import { bare } from "../../sandbox/resource.ts";
import { ASK_BYTES, decodeMessage, encodeMessage } from "../wire/ask.ts";
import { decodeText } from "../wire/bytes.ts";
import type { GuestText } from "./guest_text.ts";
import type { Mesh } from "./mesh.ts";

/** What the host answers, in the head of a message. */
interface Answer {
  readonly refused?: { readonly code: string; readonly message: string };
  /** Versions and numbers are texts: they can be larger than a number can. */
  readonly version?: string;
  readonly number?: string;
  readonly deleted?: boolean;
}

/** Longest key, in bytes; the host counts them, and here is seen to it that nothing comes to it that is no question. */
const KEY_BYTES = 512;
/** Longest value, in bytes. */
const VALUE_BYTES = ASK_BYTES / 2;

/** Its imports. */
export function stateImports(hop: () => Mesh, text: GuestText): Record<string, object> {
  const ask = async (question: Question, value: Uint8Array = new Uint8Array()) => {
    const refusal = refusalOf(question, value);
    if (refusal) throw refusal;
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
      decodeKeys(
        (await ask({ verb: "keys", prefix, ...(after === undefined ? {} : { after }), limit })).bytes,
      ),
    add: async (key: string, delta: bigint) =>
      BigInt((await ask({ verb: "add", key, delta: String(delta) })).number ?? 0),
  };
  return { "troupe:actor/state": bare(state) };
}

/** A question, as far as it is looked at here. */
interface Question {
  readonly verb: string;
  readonly key?: string;
  readonly prefix?: string;
  readonly after?: string;
  readonly [more: string]: unknown;
}

/** Why something is not even asked, as the glue expects a refusal; undefined for what is. */
function refusalOf({ key, prefix, after }: Question, { length }: Uint8Array) {
  // No text has fewer bytes than it has characters.
  if ([key, prefix, after].some((text) => text !== undefined && text.length > KEY_BYTES)) {
    const problem = `a key has more than ${KEY_BYTES} bytes of UTF-8`;
    return { code: "troupe.BadStateRequest", message: `The state cannot be asked for this: ${problem}` };
  }
  if (length <= VALUE_BYTES) return undefined;
  const message = `The value has ${length} bytes and may have ${VALUE_BYTES}`;
  return { code: "troupe.StateTooLarge", message };
}

/** Keys in a row: `u16 length | bytes` each. */
function decodeKeys(all: Uint8Array<ArrayBuffer>): string[] {
  const view = new DataView(all.buffer, all.byteOffset);
  const keys: string[] = [];
  for (let at = 0; at < all.length;) {
    const length = view.getUint16(at);
    keys.push(decodeText(all.subarray(at + 2, at + 2 + length)));
    at += 2 + length;
  }
  return keys;
}
