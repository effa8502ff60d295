// tries: to fill what the host keeps of a sandbox that ends, and the pipe to it
// ends: returns: 2 or troupe.Trap or troupe.Timeout
// runs: sandbox
// limits: timeoutMs=1000
// repeats: 5, each may cost processes
import { pose, send, TYPE } from "../_sandbox.js";

await pose((nonce) => {
  send(TYPE.entered, nonce);
  const page = new Uint8Array(65536).fill(0x41);
  for (let n = 0; n < 200; n++) {
    for (let at = 0; at < page.length;) at += Deno.stderr.writeSync(page.subarray(at));
  }
  send(TYPE.returned, nonce, "2");
});
