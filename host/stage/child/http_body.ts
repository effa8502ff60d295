/**
 * Bodies of requests and responses, piece by piece.
 *
 * @module
 */

import { concat } from "../../bytes.ts";
import { PIECE_BYTES } from "../wire/http.ts";
import { type Answered, ENDED, type Exchange, type Failure } from "./http_exchange.ts";
import type { Awaited, Io, Sink, Source, StreamError } from "./io.ts";

/** How much of a body is kept here until its request is sent. */
const KEPT_BYTES = PIECE_BYTES;

/** The body of a response. */
export class IncomingBytes implements Source {
  readonly #exchange: Exchange;
  readonly #io: Pick<Io, "failed">;
  #bytes: Uint8Array = new Uint8Array();
  #done = false;
  #failed: Failure | undefined;
  #asked: Promise<void> | undefined;

  constructor(exchange: Exchange, io: Pick<Io, "failed">) {
    this.#exchange = exchange;
    this.#io = io;
  }

  ready(): boolean {
    if (this.#exchange.over) this.#failed ??= ENDED;
    return this.#bytes.length > 0 || this.#done || this.#failed !== undefined;
  }

  settled(): Awaited {
    this.#asked ??= this.#ask();
    return { promise: this.#asked };
  }

  read(most: number): Uint8Array {
    if (this.#bytes.length > 0) {
      const bytes = this.#bytes.subarray(0, most);
      this.#bytes = this.#bytes.subarray(most);
      return bytes;
    }
    if (this.#failed) throw streamError(this.#failed, this.#exchange, this.#io);
    if (this.#done) throw { tag: "closed" } satisfies StreamError;
    this.settled();
    return new Uint8Array();
  }

  /** Nobody reads any more. */
  close(): void {
    this.#exchange.close();
  }

  #ask(): Promise<void> {
    const asked = this.#exchange.ask("read").then(({ bytes, done, failed }) => {
      this.#bytes = bytes;
      this.#done = done === true;
      this.#failed = failed;
    }).finally(() => this.#asked = undefined);
    // Whoever waits for it learns of it.
    asked.catch(() => {});
    return asked;
  }
}

/** The body of a request: kept until it is sent, and then handed over piece by piece. */
export class OutgoingBytes implements Sink {
  readonly #io: Pick<Io, "failed">;
  #exchange: Exchange | undefined;
  #kept: Uint8Array[] = [];
  #keptBytes = 0;
  #state: "open" | "finished" | "broken" = "open";
  #failed: Failure | undefined;
  #asked: Promise<void> | undefined;

  constructor(io: Pick<Io, "failed">) {
    this.#io = io;
  }

  /** Whether all of it is there. */
  get finished(): boolean {
    return this.#state === "finished";
  }

  /** What was kept goes with the request; what comes later goes through `exchange`. */
  start(exchange: Exchange): Uint8Array {
    this.#exchange = exchange;
    return concat(this.#kept.splice(0));
  }

  /** The request was sent with what was kept; a body that was given up already is told to be so. */
  started(): void {
    if (this.#state === "broken") this.#tell("break");
  }

  permitted(): number {
    if (this.#exchange?.over) this.#failed ??= ENDED;
    if (this.#failed && this.#exchange) throw streamError(this.#failed, this.#exchange, this.#io);
    if (this.#state !== "open") throw { tag: "closed" } satisfies StreamError;
    if (!this.#exchange) return KEPT_BYTES - this.#keptBytes;
    return this.#asked ? 0 : PIECE_BYTES;
  }

  write(bytes: Uint8Array): void {
    if (this.#exchange) {
      this.#tell("write", bytes);
      return;
    }
    this.#kept.push(bytes.slice());
    this.#keptBytes += bytes.length;
  }

  ready(): boolean {
    if (this.#failed || this.#state !== "open" || this.#exchange?.over) return true;
    if (this.#exchange) return this.#asked === undefined;
    if (this.#keptBytes < KEPT_BYTES) return true;
    throw new TypeError(`more than ${KEPT_BYTES} bytes of a body before its request was sent`);
  }

  settled(): Awaited {
    return this.flushed() ?? { promise: Promise.resolve() };
  }

  flushed(): Awaited | undefined {
    if (this.#exchange?.over) return undefined;
    return this.#asked && { promise: this.#asked };
  }

  /** It is complete. */
  finish(): void {
    this.#end("finished");
  }

  /** Nothing more comes; it is incomplete unless it was finished. */
  drop(): void {
    this.#end("broken");
  }

  #end(state: "finished" | "broken"): void {
    if (this.#state !== "open") return;
    this.#state = state;
    if (this.#exchange) this.#tell(state === "finished" ? "finish" : "break");
  }

  #tell(verb: "write" | "finish" | "break", bytes: Uint8Array = new Uint8Array()): void {
    const exchange = this.#exchange as Exchange;
    const asked: Promise<void> = exchange.ask(verb, bytes).then(({ failed }: Answered) => {
      this.#failed ??= failed;
    }).finally(() => {
      if (this.#asked === asked) this.#asked = undefined;
    });
    asked.catch(() => {});
    this.#asked = asked;
  }
}

function streamError(failed: Failure, exchange: Exchange, io: Pick<Io, "failed">): StreamError {
  exchange.tell(failed);
  return io.failed({ text: failed.message, http: failed.code });
}
