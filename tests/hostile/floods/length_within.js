// tries: to have the host make room for what a frame may have, and to send nothing of it
// ends: troupe.Timeout
// runs: sandbox
// limits: timeoutMs=1000
// repeats: 5, each costs a process
import { frame, pose, send, TYPE, write } from "../_sandbox.js";

await pose((nonce) => {
  send(TYPE.entered, nonce);
  write(frame(TYPE.returned, nonce, new Uint8Array(4), 16 * 1024 * 1024));
});
