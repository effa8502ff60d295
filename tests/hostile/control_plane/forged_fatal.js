// tries: to find by itself that its envelope is beyond help
// ends: troupe.StageViolation in x-sump
// runs: sandbox
// repeats: 5, each costs two processes
import { pose, send, TYPE } from "../_sandbox.js";

await pose((nonce) => {
  send(TYPE.entered, nonce);
  send(TYPE.failed, nonce, JSON.stringify({ stopped: "troupe.Fatal", message: "" }));
});
