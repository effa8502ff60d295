// tries: to say nothing, and to do nothing
// ends: troupe.Timeout
// runs: sandbox
// limits: timeoutMs=1000
// repeats: 5, each costs a process
import { pose, send, TYPE } from "../_sandbox.js";

await pose((nonce) => {
  send(TYPE.entered, nonce);
  // Nothing is read either.
  return new Promise(() => setInterval(() => {}, 1000));
});
