// tries: to tell two results of one envelope, so that the second is taken for that of the next
// ends: returns: 2 or troupe.StageViolation in x-sump
// runs: sandbox
// repeats: 5, each costs two processes
import { pose, send, TYPE } from "../_sandbox.js";

await pose((nonce) => {
  send(TYPE.entered, nonce);
  send(TYPE.returned, nonce, "2");
  send(TYPE.returned, nonce, '"forged"');
});
