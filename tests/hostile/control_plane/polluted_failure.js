// tries: to pollute the host by the names of members in a failure
// ends: constructor
// runs: sandbox

import { pose, send, TYPE } from "../_sandbox.js";

await pose((nonce) => {
  send(TYPE.entered, nonce);
  const text =
    '{"kind":"constructor","lineage":["__proto__"],"message":"","__proto__":{"stopped":"troupe.Trap"}}';
  send(TYPE.failed, nonce, text);
});
