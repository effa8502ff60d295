/**
 * The sandbox's end of the pipes.
 *
 * @module
 */

import { joined } from "../wire/bytes.ts";
import { encodeFrame, type Frame, FrameDecoder, FrameType } from "../wire/frames.ts";

/** How much is read at once. */
const CHUNK_BYTES = 256 * 1024;
/** Frames up to this size together are written in one go. */
const JOINED_BYTES = 64 * 1024;
/** What may wait for a flush. */
const WAITING_BYTES = 256 * 1024;

/** Frames in and out. What is sent waits until it is flushed, or is too much to wait. */
export class Port {
  readonly #decoder = new FrameDecoder(
    new Map(
      [FrameType.Load, FrameType.Handle, FrameType.Answer, FrameType.Abandon].map((
        type,
      ) => [type, 2 ** 32 - 1]),
    ),
  );
  readonly #chunk = new Uint8Array(CHUNK_BYTES);
  // Taken before guest code can replace them.
  readonly #read = Deno.stdin.read.bind(Deno.stdin);
  readonly #writeSync = Deno.stdout.writeSync.bind(Deno.stdout);
  #waiting: Uint8Array<ArrayBuffer>[] = [];
  #waitingBytes = 0;
  #sequence = 0;

  /** The frames that came, as many at once as were there; undefined at the end. */
  async receive(): Promise<Frame[] | undefined> {
    const length = await this.#read(this.#chunk);
    return length === null ? undefined : [...this.#decoder.push(this.#chunk.subarray(0, length))];
  }

  /** Sends a frame with the next flush. */
  send(type: number, nonce: bigint, ...parts: Uint8Array[]): void {
    const bytes = encodeFrame({ type, nonce, sequence: this.#sequence++ }, ...parts);
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes > WAITING_BYTES) this.flush();
  }

  /** Writes what waits, and returns when the pipe has taken it: a host that does not read stops the sandbox here. */
  flush(): void {
    const waiting = this.#waitingBytes <= JOINED_BYTES ? [joined(this.#waiting)] : this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    for (const bytes of waiting) {
      for (let at = 0; at < bytes.length;) at += this.#writeSync(at === 0 ? bytes : bytes.subarray(at));
    }
  }
}
