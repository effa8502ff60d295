// tries: to write a header of the platform, past the check in the sandbox
// ends: troupe.StageViolation in x-sump
// runs: sandbox
// repeats: 5, each costs two processes
import { call, pose, send, TYPE, VERB } from "../_sandbox.js";

await pose((nonce) => {
  send(TYPE.entered, nonce);
  call(nonce, VERB.set, '.headers["X-Troupe-Fan"]', "[]");
  send(TYPE.returned, nonce, "2");
});
