// tries: to tell a reason of a megabyte for not being ready
// ends: troupe.StageViolation in x-sump
// runs: sandbox
// repeats: 5, each costs two processes
import { pose, send, TYPE } from "../_sandbox.js";

await pose((nonce) => {
  send(TYPE.entered, nonce);
  send(TYPE.notReady, 0n, "x".repeat(1 << 20));
});
