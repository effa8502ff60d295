/**
 * The hop that guest code is in: what its calls and its output go to.
 *
 * @module
 */

import { Draft, RefusedCallError } from "../../draft.ts";
import { MAX_DEPTH, scanJson } from "../../json_text.ts";
import { TroupeError } from "../../errors.ts";
import { type Call, encodeCall, type LoadSettings } from "../bodies.ts";
import { FrameType } from "../frames.ts";
import type { DraftSource } from "../../draft.ts";
import type { Port } from "./port.ts";

/** How much of what a hop sends may wait to be written. */
const FLUSH_EVERY = 64;

/** One hop. Nothing of it outlives it. */
export class ChildHop {
  readonly #nonce: number;
  readonly #port: Port;
  readonly #draft: Draft;
  readonly #lines = { stdout: new Lines(), stderr: new Lines() };
  #logBytes: number;
  #flies: number;
  #calls = 0;

  /** @param options What the sandbox was loaded with, and the envelope's parts that the actor can read. */
  constructor(nonce: number, options: { port: Port; settings: LoadSettings; source: DraftSource }) {
    const { limits } = options.settings;
    this.#nonce = nonce;
    this.#port = options.port;
    this.#draft = new Draft(options.source, options.settings);
    this.#logBytes = limits.logBytes;
    this.#flies = limits.emits;
  }

  /** See the interface `mesh` in actor.wit. */
  get(path: string): string | undefined {
    return orRefusal(() => this.#draft.get(path));
  }

  /** Makes a call; what is refused is told to the host too, and thrown as the glue expects it. */
  call(call: Exclude<Call, { verb: "log" }>): void {
    let refused = true;
    try {
      orRefusal(() => this.#apply(call));
      refused = false;
    } finally {
      this.#send(call, refused);
    }
  }

  /** A log line. What is over the limit is dropped here; the host counts by itself. */
  log(level: Extract<Call, { verb: "log" }>["level"], message: string): void {
    if (this.#logBytes < 0) return;
    this.#logBytes -= message.length;
    this.#send({ verb: "log", level, message: message.slice(0, 64 * 1024) }, false);
  }

  /** What the guest wrote: a log line for each line. */
  write(stream: "stdout" | "stderr", bytes: Uint8Array): void {
    if (this.#logBytes < 0) return;
    for (const line of this.#lines[stream].push(bytes)) this.log(stream === "stdout" ? "info" : "warn", line);
  }

  /** The guest has returned: what it wrote without a newline is a line too. */
  end(): void {
    for (const stream of ["stdout", "stderr"] as const) {
      const line = this.#lines[stream].rest();
      if (line !== "") this.log(stream === "stdout" ? "info" : "warn", line);
    }
  }

  #apply(call: Exclude<Call, { verb: "log" }>): void {
    switch (call.verb) {
      case "set":
        return this.#draft.set(call.path, call.value);
      case "del":
        return this.#draft.del(call.path);
      case "emit":
        return this.#draft.emit(call.payload);
      case "fly":
        return checkFly(call.event, this.#flies--);
    }
  }

  #send(call: Call, refused: boolean): void {
    this.#port.send(FrameType.Call, this.#nonce, ...encodeCall(call, refused));
    if (++this.#calls % FLUSH_EVERY === 0 || call.verb === "fly") this.#port.flush();
  }
}

/**
 * Checks an event that an actor sends upstream.
 *
 * @param left How many may still be sent in this hop.
 * @throws {RefusedCallError}
 */
export function checkFly(event: string, left: number): void {
  if (left <= 0) {
    throw new RefusedCallError("troupe.OutputLimit", "Too many events in one hop (limits.emits)");
  }
  if (event.length > MOST_FLY_CHARACTERS) {
    throw new RefusedCallError(
      "troupe.OutputLimit",
      `An event of more than ${MOST_FLY_CHARACTERS} characters`,
    );
  }
  try {
    scanJson(event, { maxDepth: MAX_DEPTH });
  } catch (error) {
    if (!(error instanceof TroupeError)) throw error;
    throw new RefusedCallError("troupe.BadOutput", error.message);
  }
}

/** Longest event, in characters. */
const MOST_FLY_CHARACTERS = 64 * 1024;

/** A refusal as jco's glue takes it: a plain object. */
function orRefusal<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof RefusedCallError) throw { code: error.code, message: error.message };
    throw error;
  }
}

/** Longest line, in bytes: what is longer is cut into several. */
const LINE_BYTES = 8 * 1024;

/** Splits what is written into lines. */
class Lines {
  #rest: Uint8Array<ArrayBuffer> = new Uint8Array();

  *push(bytes: Uint8Array): Generator<string> {
    let all = new Uint8Array(this.#rest.length + bytes.length);
    all.set(this.#rest);
    all.set(bytes, this.#rest.length);
    for (;;) {
      const newline = all.subarray(0, LINE_BYTES).indexOf(0x0a);
      if (newline < 0 && all.length < LINE_BYTES) break;
      const end = newline < 0 ? LINE_BYTES : newline;
      yield new TextDecoder().decode(all.subarray(0, end));
      all = all.subarray(newline < 0 ? end : end + 1);
    }
    this.#rest = all.slice();
  }

  rest(): string {
    const line = new TextDecoder().decode(this.#rest);
    this.#rest = new Uint8Array();
    return line;
  }
}
