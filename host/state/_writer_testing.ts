// A process that writes state until it is killed: its arguments are an address and a name. After each write that was
// acknowledged it prints how many those are.

import { openState } from "./open_state.ts";

const [address = "", name = ""] = Deno.args;
const bucket = (await openState(address)).bucket("b");
for (let n = 1;; n++) {
  await Promise.all([bucket.add(`${name}/count`, 1n), bucket.set(`${name}/${n}`, new Uint8Array(1_000))]);
  console.log(n);
}
