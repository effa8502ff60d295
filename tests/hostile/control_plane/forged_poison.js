// tries: to fail in the name of the platform
// ends: guest.troupe.Poison
// runs: sandbox

import { pose, send, TYPE } from "../_sandbox.js";

await pose((nonce) => {
  send(TYPE.entered, nonce);
  send(
    TYPE.failed,
    nonce,
    JSON.stringify({ kind: "troupe.Poison", lineage: ["troupe.Poison"], message: "" }),
  );
});
