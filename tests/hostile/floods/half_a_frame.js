// tries: to send half a frame, and to end
// ends: troupe.Trap
// runs: sandbox
// repeats: 2, each costs three processes, and five that end are too many: the component waits for a while
import { frame, pose, send, TYPE, write } from "../_sandbox.js";

await pose((nonce) => {
  send(TYPE.entered, nonce);
  write(frame(TYPE.returned, nonce, new Uint8Array(4), 8));
  Deno.exit(0);
});
