// tries: to tell the host what it read, which is nothing that the host wants to hear
// ends: troupe.StageViolation in x-sump
// runs: sandbox
// repeats: 5, each costs two processes
import { call, pose, send, TYPE, VERB } from "../_sandbox.js";

await pose((nonce) => {
  send(TYPE.entered, nonce);
  call(nonce, VERB.get, ".id", "");
  send(TYPE.returned, nonce, "2");
});
