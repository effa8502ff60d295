// What may happen to a mesh on RabbitMQ happens at random under load: each alone, and all together; and hosts die at every
// step of a hop. Of every end there is an account. Then the same with a promise broken: there it must not come out even.

import { assert, assertEquals } from "@std/assert";
import { lacksRabbitmq, RabbitmqServer } from "../servers/rabbitmq.ts";
import { FAULTS } from "./faults.ts";
import { mutate, type Mutation, RABBITMQ_ACK_BEFORE_PUBLISH, RANDOM_CHILD_IDS } from "./mutations.ts";
import { assertNoticed } from "./noticed.ts";
import { chooseSeed } from "./random.ts";
import { buildChain } from "./rabbitmq_mesh.ts";
import {
  FAULT_POINTS,
  type RabbitmqChaosOptions,
  type RabbitmqChaosReport,
  runRabbitmqChaos,
} from "./rabbitmq_run.ts";

const EVEN: RabbitmqChaosReport["account"] = {
  missing: [],
  unexpected: [],
  twice: [],
  conflicts: [],
  wrongArrivals: [],
  dead: [],
  left: [],
  failures: [],
};

if (!lacksRabbitmq()) {
  const server = await RabbitmqServer.start();
  const built = await Deno.makeTempDir({ prefix: "troupe_chaos_actors_" });
  await buildChain(built);
  Deno.test.afterAll(async () => {
    await server.stop();
    await Deno.remove(built, { recursive: true });
  });
  const seed = chooseSeed();

  /** @param again Another run of the same, with other random numbers. @default 0 */
  const run = async (options: Omit<RabbitmqChaosOptions, "server" | "built" | "seed">, again = 0) => {
    console.log(`TROUPE_SEED=${seed}${again > 0 ? ` + ${again}` : ""}`);
    const started = performance.now();
    const report = await runRabbitmqChaos({ ...options, server, built, seed: seed + again });
    const { ends, repeats, done, killed } = report;
    const seconds = Math.round((performance.now() - started) / 1000);
    console.log(
      `${ends} ends, ${repeats} repeated arrivals; ${
        JSON.stringify(done)
      }, hosts killed: ${killed}; ${seconds} s`,
    );
    return report;
  };

  const TIMES = { host: 6, child: 6, broker: 2, cut: 6, silence: 3 };
  for (const fault of FAULTS) {
    Deno.test(`chaos on RabbitMQ, ${fault}: every end is there once`, async () => {
      const { account, done } = await run({ envelopes: 1_200, faults: { [fault]: TIMES[fault] } });
      assertEquals(account, EVEN);
      assert(done[fault], "it did not happen");
    });
  }

  Deno.test("chaos on RabbitMQ, everything at once: of 20,000 envelopes every end is there once", async () => {
    const { account, done } = await run({
      envelopes: 20_000,
      faults: { host: 8, child: 8, broker: 3, cut: 8, silence: 5 },
    });
    assertEquals(account, EVEN);
    assertEquals(Object.keys(done).toSorted(), [...FAULTS].toSorted());
  });

  for (const point of FAULT_POINTS) {
    Deno.test(`hosts on RabbitMQ die at the step ${point}: every end is there once`, async () => {
      const { account, killed } = await run({ envelopes: 500, faultPoint: { point, times: 3 } });
      assertEquals(account, EVEN);
      assert(killed >= 8, `hosts died ${killed} times only`);
    });
  }

  /** What a broken promise has to show up as. */
  const MUTATIONS: readonly (readonly [Mutation, (account: RabbitmqChaosReport["account"]) => boolean])[] = [
    [RABBITMQ_ACK_BEFORE_PUBLISH, ({ missing }) => missing.length > 0],
    [RANDOM_CHILD_IDS, ({ missing, unexpected }) => missing.length > 0 && unexpected.length > 0],
  ];

  for (const [mutation, shows] of MUTATIONS) {
    Deno.test(`chaos on RabbitMQ notices when ${mutation.what}`, async () => {
      const root = await Deno.makeTempDir({ prefix: "troupe_mutation_" });
      try {
        await mutate(mutation, root);
        await assertNoticed(
          (number) => run({ envelopes: 600, faults: { host: 6 }, root }, number),
          ({ account }) => shows(account),
        );
      } finally {
        await Deno.remove(root, { recursive: true });
      }
    });
  }
}
