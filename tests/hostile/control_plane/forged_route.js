// tries: to send its envelope to a victim, past the check in the sandbox
// ends: troupe.StageViolation in x-sump
// runs: sandbox
// repeats: 5, each costs two processes
import { call, pose, send, TYPE, VERB } from "../_sandbox.js";

await pose((nonce) => {
  send(TYPE.entered, nonce);
  call(nonce, VERB.set, ".route.next", '["victim"]');
  send(TYPE.returned, nonce, "2");
});
