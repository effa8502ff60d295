// Retries, delays, fan-outs that are joined, pauses that are answered and payloads that are too large to travel, while
// everything is killed at random: each submission has its one result, with everything joined exactly once. TROUPE_OPERATIONS says how many; 50,000 take a
// quarter of an hour.

import { assert, assertEquals } from "@std/assert";
import { runOperationsChaos } from "./operations_run.ts";
import { chooseSeed } from "./random.ts";

Deno.test("chaos: retries, joins and pauses, and every result is there once", async () => {
  const seed = chooseSeed();
  const envelopes = Number(Deno.env.get("TROUPE_OPERATIONS") ?? 1_500);
  console.log(`TROUPE_SEED=${seed}`);
  const { kills, answered, retried, dead, ...account } = await runOperationsChaos({
    envelopes,
    kills: Math.max(15, envelopes / 500),
    seed,
  });
  console.log(
    `killed: ${JSON.stringify(kills)}; ${answered} pauses answered; ${retried} retries in the first hundred`,
  );
  assertEquals(account, { missing: [], unexpected: [], wrong: [], conflicts: [] });
  // The second answer to each pause comes too late where it is not the same one again; nothing else may die.
  assertEquals(dead.filter((line) => !line.includes("troupe.NotParked")), []);
  assertEquals(answered, Math.ceil(envelopes / 10));
  assert(
    retried > 0 && kills.up > 0 && kills.child > 0,
    "nothing was tried again, or not everything was killed",
  );
});
