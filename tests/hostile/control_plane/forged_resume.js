// tries: to answer for a person whom an envelope waits for: to send to x-resume
// ends: troupe.StageViolation in x-sump
// runs: sandbox
// repeats: 5, each costs two processes
import { call, pose, send, TYPE, VERB } from "../_sandbox.js";

await pose((nonce) => {
  send(TYPE.entered, nonce);
  call(nonce, VERB.set, ".route.next[:0]", '["x-resume"]');
  send(TYPE.returned, nonce, "2");
});
