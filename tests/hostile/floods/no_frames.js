// tries: to send what are no frames at all
// ends: troupe.StageViolation in x-sump
// runs: sandbox
// repeats: 5, each costs two processes
import { pose, send, TYPE, write } from "../_sandbox.js";

await pose((nonce) => {
  send(TYPE.entered, nonce);
  for (;;) write(new Uint8Array(65536).fill(0x41));
});
