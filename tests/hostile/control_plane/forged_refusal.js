// tries: to say that a call was refused which the host would allow
// ends: troupe.StageViolation in x-sump
// runs: sandbox
// repeats: 5, each costs two processes
import { call, pose, send, TYPE, VERB } from "../_sandbox.js";

await pose((nonce) => {
  send(TYPE.entered, nonce);
  call(nonce, VERB.emit, "", "1", true);
  send(TYPE.returned, nonce, "2");
});
