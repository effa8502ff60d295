// tries: to have the host make room for four gigabytes, by the length of a frame
// ends: troupe.StageViolation in x-sump
// runs: sandbox
// repeats: 5, each costs two processes
import { frame, pose, send, TYPE, write } from "../_sandbox.js";

await pose((nonce) => {
  send(TYPE.entered, nonce);
  write(frame(TYPE.call, nonce, new Uint8Array(4), 0xffffffff));
});
