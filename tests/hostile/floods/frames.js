// tries: to send calls of no use without end
// ends: troupe.StageViolation in x-sump
// runs: sandbox
// repeats: 5, each costs two processes
import { call, pose, send, TYPE, VERB } from "../_sandbox.js";

await pose((nonce) => {
  send(TYPE.entered, nonce);
  for (;;) call(nonce, VERB.set, ".id", "1", true);
});
