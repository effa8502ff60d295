/**
 * The requests of a hop, asked of the host.
 *
 * Questions are sent while guest code is inside, so nothing goes on here by itself: what a guest wants next is asked when
 * it wants it.
 *
 * @module
 */

import { decodeMessage, encodeMessage } from "../wire/ask.ts";
import type { HttpAnswer, HttpQuestion, HttpSend, WireErrorCode } from "../wire/http.ts";
import { StoppedError } from "./failures.ts";
import type { Mesh } from "./mesh.ts";

/** A case of `error-code`, as the glue takes it. */
export interface ErrorCode {
  readonly tag: string;
  readonly val?: unknown;
}

/** What became of a request. */
export interface Failure {
  readonly code: ErrorCode;
  /** For a person. */
  readonly message: string;
}

/** What is left of a request whose hop is over, or that was let go. */
export const ENDED: Failure = { code: { tag: "connection-terminated" }, message: "the request was let go" };

/** An answer, or what became of it instead. */
export interface Answered extends Pick<HttpAnswer, "status" | "headers" | "done"> {
  readonly bytes: Uint8Array;
  readonly failed?: Failure;
}

type Verb = Exclude<HttpQuestion, HttpSend>["verb"];

/** Numbers of requests, and those that are to be closed, by hop. */
const ofHop = new WeakMap<Mesh, { next: number; closed: number[] }>();

/** One request. */
export class Exchange {
  readonly #hop: () => Mesh;
  readonly #mesh: Mesh;
  readonly #number: number;
  #closed = false;
  #told = false;

  /** @param hop The hop that guest code is in; the request is of that one. */
  constructor(hop: () => Mesh) {
    this.#hop = hop;
    this.#mesh = hop();
    this.#number = this.#book.next++;
  }

  get #book() {
    const book = ofHop.get(this.#mesh) ?? { next: 0, closed: [] };
    ofHop.set(this.#mesh, book);
    return book;
  }

  /** Its hop is: guests can keep what they have for longer. Nothing more comes of it. */
  get over(): boolean {
    return this.#hop() !== this.#mesh;
  }

  /** Sends the request. */
  send(head: Omit<HttpSend, "verb">, bytes: Uint8Array): Promise<Answered> {
    return this.#ask({ verb: "send", ...head }, bytes);
  }

  /** Asks for something about it. */
  ask(verb: Verb, bytes: Uint8Array = new Uint8Array()): Promise<Answered> {
    return this.#ask({ verb }, bytes);
  }

  /** Nothing is wanted of it any more. The host is told with the next question, or knows when the hop is over. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#book.closed.push(this.#number);
  }

  /** Leaves word of what became of it in the log, once: guests see no more than a code. */
  tell({ code, message }: Failure): void {
    if (this.#told || this.over) return;
    this.#told = true;
    this.#mesh.log("warn", `A request came to ${code.tag}: ${message}`);
  }

  async #ask(question: HttpSend | { readonly verb: Verb }, bytes: Uint8Array): Promise<Answered> {
    if (this.over || this.#closed) return { bytes: new Uint8Array(), failed: ENDED };
    const closed = this.#book.closed.splice(0);
    const head = { request: this.#number, ...question, ...(closed.length > 0 ? { closed } : {}) };
    const message = decodeMessage(await this.#mesh.calls.ask("http", encodeMessage(head, bytes)));
    const { error, stopped, ...answer } = message.head as HttpAnswer;
    if (stopped) throw new StoppedError({ stopped: stopped.code, message: stopped.message });
    if (!error) return { ...answer, bytes: message.bytes };
    return { bytes: new Uint8Array(), failed: { code: codeOf(error.code), message: error.message } };
  }
}

/** Numbers of 64 bits are texts on the wire. */
function codeOf({ tag, val }: WireErrorCode): ErrorCode {
  return { tag, val: tag.endsWith("-body-size") && typeof val === "string" ? BigInt(val) : val };
}
