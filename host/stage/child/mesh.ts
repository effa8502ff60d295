/**
 * The interface `mesh` of actor.wit, for the hop that guest code is in: answered here at once, and told to the host.
 *
 * @module
 */

import { Draft, RefusedCallError } from "../../draft.ts";
import { Allowance, MOST_REFUSED } from "../allowance.ts";
import { applyEdit } from "../apply_edit.ts";
import { byteLength } from "../wire/bytes.ts";
import { type Call, type Edit, encodeCall, type Level } from "../wire/call.ts";
import { FrameType } from "../wire/frames.ts";
import type { Handle } from "../wire/handle.ts";
import type { LoadSettings } from "../wire/load.ts";
import { StoppedError } from "./failures.ts";
import type { HostCalls } from "./host_calls.ts";
import { LINE_BYTES, Lines } from "./lines.ts";
import type { Port } from "./port.ts";

/** Where a guest writes to. */
export type Stream = "stdout" | "stderr";

const LEVEL_OF = { stdout: "info", stderr: "warn" } as const;

/** One hop. Nothing of it outlives it. */
export class Mesh {
  readonly #nonce: bigint;
  readonly #port: Port;
  readonly #settings: LoadSettings;
  readonly #source: Handle["source"];
  readonly #allowance: Allowance;
  /** What it asks the host for. */
  readonly calls: HostCalls;
  readonly #lines = { stdout: new Lines(), stderr: new Lines() };
  #draft: Draft | undefined;
  #droppedBytes = 0;

  constructor(
    nonce: bigint,
    { port, settings, source, calls }: {
      readonly port: Port;
      readonly settings: LoadSettings;
      readonly source: Handle["source"];
      readonly calls: HostCalls;
    },
  ) {
    this.calls = calls;
    this.#nonce = nonce;
    this.#port = port;
    this.#settings = settings;
    this.#source = source;
    this.#allowance = new Allowance(settings.limits);
  }

  /** Makes a call. What is refused is told to the host too, and thrown as the glue expects it: a plain object. */
  edit(call: Edit): string | undefined {
    this.#draft ??= new Draft(this.#source(), this.#settings);
    let refusal: RefusedCallError | undefined;
    let answer: string | undefined;
    try {
      answer = applyEdit(call, this.#draft, this.#allowance);
    } catch (error) {
      if (!(error instanceof RefusedCallError)) throw error;
      refusal = error;
    }
    if (refusal || call.verb !== "get") this.#send(call, refusal !== undefined);
    // An event goes at once, as it says; the rest counts only when the hop is over.
    if (call.verb === "fly") this.#port.flush();
    if (refusal) throw { code: refusal.code, message: refusal.message };
    return answer;
  }

  /** A log line. What is over the limit is dropped and counted. */
  log(level: Level, message: string): void {
    const kept = message.length > LINE_BYTES ? message.slice(0, LINE_BYTES).toWellFormed() : message;
    const bytes = byteLength(kept);
    this.#droppedBytes += byteLength(message) - bytes;
    if (!this.#allowance.log(bytes)) {
      this.#droppedBytes += bytes;
      return;
    }
    this.#send({ verb: "log", level, message: kept }, false);
    // At once: when the guest goes on to spin, this is what is known of it.
    this.#port.flush();
  }

  /** What the guest wrote: a log line for each line. */
  write(stream: Stream, bytes: Uint8Array): void {
    for (const line of this.#lines[stream].push(bytes)) this.log(LEVEL_OF[stream], line);
  }

  /** The guest has returned: what it wrote without a newline is a line too. Safe to call twice. */
  end(): void {
    for (const stream of ["stdout", "stderr"] as const) {
      const line = this.#lines[stream].rest();
      if (line !== "") this.log(LEVEL_OF[stream], line);
    }
    if (this.#droppedBytes > 0) this.#send({ verb: "dropped", bytes: this.#droppedBytes }, false);
    this.#droppedBytes = 0;
  }

  #send(call: Call, refused: boolean): void {
    const parts = encodeCall(call, refused);
    const bytes = parts.reduce((sum, { length }) => sum + length, 0);
    if (refused && !this.#allowance.refusal(bytes)) throw tooManyRefusals();
    this.#port.send(FrameType.Call, this.#nonce, ...parts);
  }
}

/** Not a refusal, which the actor could go on after. */
function tooManyRefusals(): StoppedError {
  return new StoppedError({
    stopped: "troupe.OutputLimit",
    message:
      `More than ${MOST_REFUSED} refused calls in one hop, or too much in them: stop at the first refusal`,
  });
}
