/**
 * Fewer calls of the system: the client writes each frame by itself, a hundred of them in one turn when there is much to
 * do, and each would be a write of its own to the socket.
 *
 * @module
 */

import type { Writable } from "node:stream";

/** Has a stream gather what is written to it in one turn of the event loop, and write it at the turn's end at once. */
export function gatherWrites(stream: Writable): void {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  let gathering = false;
  stream.write = (...args: unknown[]) => {
    if (!gathering) {
      gathering = true;
      stream.cork();
      queueMicrotask(() => {
        gathering = false;
        stream.uncork();
      });
    }
    return write(...args);
  };
}
