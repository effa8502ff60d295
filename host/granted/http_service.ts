/**
 * `wasi:http` from the host's side: what the guests of one actor send to the world.
 *
 * @module
 */

import { z } from "zod";
import { type Egress, EgressError, type HopEgress } from "../egress/egress.ts";
import type { AskingHop, Service, ServiceHop } from "../stage/services.ts";
import { decodeMessage, encodeMessage } from "../stage/wire/ask.ts";
import { FrameError } from "../stage/wire/frames.ts";
import { type HttpAnswer, PIECE_BYTES, type WireErrorCode } from "../stage/wire/http.ts";
import { BodyPipe } from "./body_pipe.ts";

/** Most questions of one hop, one after another: what bounds those at once is `limits.hostCalls`. */
export const QUESTIONS_PER_HOP = 20_000;

const number = z.int().min(0).max(2 ** 32 - 1);
const milliseconds = z.int().min(0).max(2 ** 31 - 1).optional();
const common = { request: number, closed: z.array(number).optional() };
const piece = z.strictObject({ verb: z.enum(["write", "finish", "break", "read"]), ...common });
const send = z.strictObject({
  verb: z.literal("send"),
  ...common,
  method: z.string(),
  url: z.string(),
  headers: z.array(z.tuple([z.string(), z.string()])),
  body: z.enum(["none", "whole", "pieces"]),
  connectMs: milliseconds,
  firstByteMs: milliseconds,
  betweenBytesMs: milliseconds,
});
/** What the sandbox can ask, in the head of a message. */
const Question = z.discriminatedUnion("verb", [send, piece]);
type Send = z.infer<typeof send>;

/** A request of a hop. */
interface Open {
  readonly ending: AbortController;
  readonly pipe?: BodyPipe;
  reader?: ReadableStreamDefaultReader<Uint8Array>;
  /** What came and was not asked for yet. */
  rest: Uint8Array;
  reading: boolean;
}

/** Makes the service of an actor. */
export function httpService(egress: Egress): Service {
  return { begin: (hop) => new HttpHop(egress.hop(), hop) };
}

class HttpHop implements ServiceHop {
  readonly #egress: HopEgress;
  readonly #open = new Map<number, Open>();
  #next = 0;
  #asked = 0;

  constructor(egress: HopEgress, { signal }: AskingHop) {
    this.#egress = egress;
    signal.addEventListener("abort", () => egress.close());
  }

  async ask(message: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const { head, bytes } = decodeMessage(message);
    const question = Question.safeParse(head);
    if (!question.success) throw new FrameError("a question about requests that is none");
    for (const number of question.data.closed ?? []) this.#close(number);
    if (++this.#asked > QUESTIONS_PER_HOP) {
      const text =
        `More than ${QUESTIONS_PER_HOP} reads and writes of requests in one hop: read more at once`;
      return encodeMessage({ stopped: { code: "troupe.HostCallLimit", message: text } } satisfies HttpAnswer);
    }
    try {
      return await this.#answer(question.data, bytes);
    } catch (error) {
      if (error instanceof EgressError) return encodeMessage(failure(error));
      throw error;
    }
  }

  async #answer(question: z.infer<typeof Question>, bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    const { request, verb } = question;
    if (verb === "send") return await this.#send(question, bytes);
    if (request >= this.#next) throw new FrameError("a question about a request that was not sent");
    const open = this.#open.get(request);
    // What became of the request is told where its response is asked for.
    if (!open) return encodeMessage(verb === "read" ? { done: true } : {});
    if (verb === "read") return await this.#read(request, open);
    if (!open.pipe) throw new FrameError("a piece of a body that there is none of");
    if (verb === "write") await open.pipe.push(bytes);
    else open.pipe.end(verb === "finish" ? "finished" : "broken");
    return encodeMessage({});
  }

  async #send({ request, body, ...head }: Send, bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    if (request !== this.#next) throw new FrameError("a request out of its turn");
    this.#next++;
    const pipe = body === "none" ? undefined : new BodyPipe();
    const ending = new AbortController();
    const open: Open = { ending, ...(pipe ? { pipe } : {}), rest: new Uint8Array(), reading: false };
    this.#open.set(request, open);
    pipe?.push(bytes);
    if (body === "whole") pipe?.end("finished");
    const { method, url, headers, connectMs, firstByteMs, betweenBytesMs } = head;
    try {
      const response = await this.#egress.request({
        method,
        url,
        headers,
        signal: ending.signal,
        ...(pipe ? { body: pipe } : {}),
        ...(connectMs === undefined ? {} : { connectMs }),
        ...(firstByteMs === undefined ? {} : { firstByteMs }),
        ...(betweenBytesMs === undefined ? {} : { betweenBytesMs }),
      });
      open.reader = response.body.getReader();
      return encodeMessage({ status: response.status, headers: response.headers } satisfies HttpAnswer);
    } catch (error) {
      this.#close(request);
      throw error;
    }
  }

  async #read(request: number, open: Open): Promise<Uint8Array<ArrayBuffer>> {
    const { reader } = open;
    if (!reader || open.reading) throw new FrameError("a read of a response out of its turn");
    if (open.rest.length === 0) {
      open.reading = true;
      try {
        const { value } = await reader.read();
        if (value === undefined) {
          this.#close(request);
          return encodeMessage({ done: true } satisfies HttpAnswer);
        }
        open.rest = value;
      } finally {
        open.reading = false;
      }
    }
    const bytes = open.rest.subarray(0, PIECE_BYTES);
    open.rest = open.rest.subarray(bytes.length);
    return encodeMessage({}, bytes);
  }

  #close(number: number): void {
    const open = this.#open.get(number);
    this.#open.delete(number);
    open?.pipe?.release();
    open?.ending.abort();
  }
}

function failure(error: EgressError): HttpAnswer {
  const { code, message } = error;
  if (code === "troupe.EgressBytes") return { stopped: { code, message } };
  return { error: { code: wireCode(error), message } };
}

function wireCode({ http }: EgressError): WireErrorCode {
  if (!("val" in http)) return http;
  return { tag: http.tag, val: typeof http.val === "bigint" ? String(http.val) : http.val };
}
