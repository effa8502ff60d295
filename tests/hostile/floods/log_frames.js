// tries: to send more log than a hop may, past the count in the sandbox
// ends: troupe.StageViolation in x-sump
// runs: sandbox
// repeats: 5, each costs two processes
import { call, pose, send, TYPE, VERB } from "../_sandbox.js";

await pose((nonce) => {
  send(TYPE.entered, nonce);
  for (;;) call(nonce, VERB.log, "info", "x".repeat(1000));
});
