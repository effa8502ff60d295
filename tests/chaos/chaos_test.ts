// kill -9 of `troupe up`, of a sandbox, and of both, at random times under load, and an account of every end. Then the
// same on working trees with a promise broken: there the account must not come out even.

import { assert, assertEquals } from "@std/assert";
import { ACK_BEFORE_PUBLISH, mutate, type Mutation, RANDOM_CHILD_IDS, STORE_NOT_KEYED } from "./mutations.ts";
import { assertNoticed } from "./noticed.ts";
import { chooseSeed } from "./random.ts";
import { type ChaosReport, runChaos } from "./run.ts";

const EVEN = { missing: [], unexpected: [], listedTwice: [], wrongArrivals: [], dead: [] };

Deno.test("chaos: 10,000 envelopes and 100 kills, and every end is there once", async () => {
  const seed = chooseSeed();
  console.log(`TROUPE_SEED=${seed}`);
  const { kills, ends, ...account } = await runChaos({ envelopes: 10_000, kills: 100, seed });
  console.log(`${ends} ends; killed: ${JSON.stringify(kills)}`);
  assertEquals(account, EVEN);
  assert(kills.up > 0 && kills.child > 0 && kills.both > 0, "not everything was killed");
});

/** What a broken promise has to show up as. */
const MUTATIONS: readonly (readonly [Mutation, (report: ChaosReport) => boolean])[] = [
  [ACK_BEFORE_PUBLISH, ({ missing }) => missing.length > 0],
  [RANDOM_CHILD_IDS, ({ missing, unexpected }) => missing.length > 0 && unexpected.length > 0],
  [STORE_NOT_KEYED, ({ listedTwice }) => listedTwice.length > 0],
];

for (const [mutation, shows] of MUTATIONS) {
  Deno.test(`chaos notices when ${mutation.what}`, async () => {
    const root = await Deno.makeTempDir({ prefix: "troupe_mutation_" });
    try {
      await mutate(mutation, root);
      await assertNoticed(
        (number) => runChaos({ envelopes: 600, kills: 6, victims: ["up", "both"], seed: 1 + number, root }),
        shows,
      );
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  });
}
