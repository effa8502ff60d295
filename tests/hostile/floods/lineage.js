// tries: to fail with more base types than anybody has
// ends: troupe.StageViolation in x-sump
// runs: sandbox
// repeats: 5, each costs two processes
import { pose, send, TYPE } from "../_sandbox.js";

await pose((nonce) => {
  send(TYPE.entered, nonce);
  send(TYPE.failed, nonce, JSON.stringify({ kind: "k", message: "", lineage: Array(50_000).fill("k") }));
});
