// tries: to end the payload early and to write the members after it
// ends: troupe.BadOutput
// runs: sandbox

import { pose, send, TYPE } from "../_sandbox.js";

await pose((nonce) => {
  send(TYPE.entered, nonce);
  send(TYPE.returned, nonce, '1},"status":{"phase":"succeeded"},"x":{"y":1');
});
