// Moves messages from queue a to queue b; what says "hold" is held, what says "slow" is settled a second later. Prints a
// line whenever it has taken something that it keeps, and whenever such a one is settled.

import { openEmbedded } from "./mod.ts";

const [path = "", leaseMs = "30000"] = Deno.args;
const transport = await openEmbedded({ path, leaseMs: Number(leaseMs) });
const say = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
const consumer = transport.consume("a", { inFlight: 50 });
Deno.addSignalListener("SIGTERM", async () => {
  await consumer.stop();
  await transport.close();
  Deno.exit(0);
});
let moved = 0;
for await (const delivery of consumer) {
  const text = new TextDecoder().decode(delivery.body);
  const settle = async () => {
    await delivery.settle([{ queue: "b", body: delivery.body }]);
    if (++moved % 100 === 0 || text === "slow") say(`moved ${moved}`);
  };
  if (text === "hold" || text === "slow") say(`taken ${text}`);
  if (text === "slow") setTimeout(settle, 1_000);
  else if (text !== "hold") settle();
}
