// tries: to have its time counted for somebody else, by entering what is not its turn
// ends: troupe.StageViolation in x-sump
// runs: sandbox
// repeats: 5, each costs two processes
// limits: timeoutMs=1000
import { pose, send, TYPE } from "../_sandbox.js";

await pose((nonce) => {
  send(TYPE.entered, nonce ^ 1n);
});
