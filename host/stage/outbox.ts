/**
 * Frames on their way to a sandbox.
 *
 * @module
 */

import { joined } from "./wire/bytes.ts";
import { encodeFrame } from "./wire/frames.ts";

/** Sends frames; those of one turn of the event loop go together, as a write costs more than a frame. */
export class Outbox {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  #sequence = 0;
  readonly #unsent: Uint8Array<ArrayBuffer>[] = [];

  constructor(stream: WritableStream<Uint8Array<ArrayBuffer>>) {
    this.#writer = stream.getWriter();
  }

  /** Sends a frame soon. @returns How many bytes it has. */
  send(type: number, nonce: bigint, parts: readonly Uint8Array[]): number {
    const bytes = encodeFrame({ type, nonce, sequence: this.#sequence++ }, ...parts);
    if (this.#unsent.push(bytes) === 1) queueMicrotask(() => this.#flush());
    return bytes.length;
  }

  #flush(): void {
    const bytes = joined(this.#unsent.splice(0));
    // A sandbox that does not read does not get on either: its time runs out. One that has ended is seen to end.
    this.#writer.write(bytes).catch(() => {});
  }

  /** What was not read goes nowhere any more. */
  async abort(): Promise<void> {
    await this.#writer.abort().catch(() => {});
  }
}
