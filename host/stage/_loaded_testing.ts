/**
 * A sandbox that says what it was loaded with, in place of being ready.
 *
 * @module
 */

import { encodeText } from "./wire/bytes.ts";
import { encodeFrame, FrameDecoder, FrameType } from "./wire/frames.ts";
import { decodeLoad } from "./wire/load.ts";

const decoder = new FrameDecoder(new Map([[FrameType.Load, 2 ** 32 - 1]]));
const write = (bytes: Uint8Array) => {
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
};

write(encodeFrame({ type: FrameType.Started, nonce: 0n, sequence: 0 }));
for await (const chunk of Deno.stdin.readable) {
  for (const { body } of decoder.push(chunk)) {
    const { glue: _glue, modules: _modules, ...settings } = decodeLoad(body);
    write(
      encodeFrame(
        { type: FrameType.NotReady, nonce: 0n, sequence: 1 },
        encodeText(JSON.stringify(settings)),
      ),
    );
  }
}
