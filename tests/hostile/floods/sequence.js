// tries: to send frames again that it has sent, as if they had been lost
// ends: troupe.StageViolation in x-sump
// runs: sandbox
// repeats: 5, each costs two processes
import { pose, send, state, TYPE } from "../_sandbox.js";

await pose((nonce) => {
  send(TYPE.entered, nonce);
  state.sequence--;
  send(TYPE.returned, nonce, "2");
});
