// tries: to tell a result of an envelope that is done
// ends: troupe.StageViolation in x-sump
// runs: sandbox
// repeats: 5, each costs two processes
import { pose, send, TYPE } from "../_sandbox.js";

await pose((nonce, before) => {
  const done = before.at(-1);
  send(TYPE.entered, nonce);
  send(TYPE.returned, done ?? nonce ^ 1n, '"forged"');
});
