/**
 * The interface `state` of actor.wit, from the host's side: what the guests of one actor ask of their bucket.
 *
 * @module
 */

import { z } from "zod";
import { TroupeError } from "../errors.ts";
import { type Service, type ServiceHop, ServiceUnavailableError } from "../stage/services.ts";
import { decodeMessage, encodeMessage } from "../stage/wire/ask.ts";
import { FrameError } from "../stage/wire/frames.ts";
import type { Bucket, Swapped } from "../state/store.ts";

/** Most questions of one hop, one after another: what bounds those at once is `limits.hostCalls`. */
export const QUESTIONS_PER_HOP = 10_000;

const key = z.string();
/** Numbers of 64 bits are texts: they can be larger than a number of JSON can. */
const natural = z.string().regex(/^\d{1,20}$/).transform(BigInt);
const integer = z.string().regex(/^-?\d{1,19}$/).transform(BigInt);
const ttl = natural.optional();

/** What the sandbox can ask, in the head of a message; a value is its bytes. */
const Question = z.discriminatedUnion("verb", [
  z.strictObject({ verb: z.literal("get"), key }),
  z.strictObject({ verb: z.literal("set"), key, ttl }),
  z.strictObject({ verb: z.literal("swap"), key, expected: natural.optional(), ttl }),
  z.strictObject({ verb: z.literal("delete"), key }),
  z.strictObject({
    verb: z.literal("keys"),
    prefix: z.string(),
    after: z.string().optional(),
    limit: z.int().min(0).max(2 ** 32 - 1),
  }),
  z.strictObject({ verb: z.literal("add"), key, delta: integer }),
]);
type Question = z.infer<typeof Question>;

/**
 * Makes the service of an actor.
 *
 * @param bucket Gives its bucket; asked at each question, so that a store can be opened when it is needed.
 */
export function stateService(bucket: () => Promise<Bucket>): Service {
  return { begin: () => new StateHop(bucket) };
}

class StateHop implements ServiceHop {
  readonly #bucket: () => Promise<Bucket>;
  #asked = 0;

  constructor(bucket: () => Promise<Bucket>) {
    this.#bucket = bucket;
  }

  async ask(message: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const { head, bytes } = decodeMessage(message);
    const question = Question.safeParse(head);
    if (!question.success) throw new FrameError("a question to the state that is none");
    if (++this.#asked > QUESTIONS_PER_HOP) {
      return refusal("troupe.StateCalls", `More than ${QUESTIONS_PER_HOP} calls of state in one hop`);
    }
    const bucket = await this.#bucket().catch(unavailable);
    try {
      return await answer(bucket, question.data, bytes);
    } catch (error) {
      if (error instanceof TroupeError && error.family === "user") return refusal(error.code, error.message);
      return unavailable(error);
    }
  }
}

/** The envelope waits for what cannot be had now. */
function unavailable(error: unknown): never {
  if (error instanceof TroupeError) {
    throw new ServiceUnavailableError("state", error.message, { cause: error });
  }
  throw error;
}

async function answer(
  bucket: Bucket,
  question: Question,
  value: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  switch (question.verb) {
    case "get": {
      const entry = await bucket.get(question.key);
      return entry ? encodeMessage({ version: String(entry.version) }, entry.value) : encodeMessage({});
    }
    case "set":
      return encodeMessage({ version: String(await bucket.set(question.key, value, keep(question))) });
    case "swap": {
      const { key, expected = "absent" } = question;
      return encodeMessage(versionOf(await bucket.swap(key, { expected, value, ...keep(question) })));
    }
    case "delete":
      return encodeMessage({ deleted: await bucket.delete(question.key) });
    case "keys": {
      const { prefix, after, limit } = question;
      const keys = await bucket.keys(prefix, { limit, ...(after === undefined ? {} : { after }) });
      return encodeMessage({}, encodeKeys(keys));
    }
    case "add":
      return encodeMessage({ number: String(await bucket.add(question.key, question.delta)) });
  }
}

/** A time to live that is too long for a number is too long anyway. */
function keep({ ttl }: { readonly ttl?: bigint | undefined }): { readonly ttlMs?: number } {
  return ttl === undefined ? {} : { ttlMs: Number(ttl) };
}

function versionOf(swapped: Swapped): { readonly version?: string } {
  return swapped.ok ? { version: String(swapped.version) } : {};
}

function refusal(code: string, message: string): Uint8Array<ArrayBuffer> {
  return encodeMessage({ refused: { code, message } });
}

/** Keys in a row: `u16 length | bytes` each. As JSON, what has to be escaped in them would make them six times as long. */
function encodeKeys(keys: readonly string[]): Uint8Array {
  const texts = keys.map((key) => new TextEncoder().encode(key));
  const all = new Uint8Array(texts.reduce((sum, { length }) => sum + 2 + length, 0));
  const view = new DataView(all.buffer);
  let at = 0;
  for (const text of texts) {
    view.setUint16(at, text.length);
    all.set(text, at + 2);
    at += 2 + text.length;
  }
  return all;
}
