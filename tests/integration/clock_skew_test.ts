// Hosts whose clocks differ by ten minutes, on one broker: deadlines shift by at most what a clock is wrong, and nothing is
// lost, made twice or tried again without end. (The embedded transport is one machine, with one clock.)

import { assert, assertEquals } from "@std/assert";
import { buildActor } from "@troupe/cli/build";
import { parseActorSpec } from "@troupe/controller/spec";
import { openSqliteStore } from "@troupe/host/crew/sqlite_store";
import { HOP_TOPIC, type HopRecord } from "@troupe/host/hop_record";
import { openTransport } from "@troupe/host/transport/open";
import { fromFileUrl, join } from "@std/path";
import { KeptHost } from "../chaos/kept_host.ts";
import { lacksRabbitmq, RabbitmqServer } from "../servers/rabbitmq.ts";
import { actorYaml, TestMesh } from "./_mesh_folder.ts";
import { eventually } from "./_waiting_mesh.ts";

const ROOT = fromFileUrl(new URL("../..", import.meta.url));
const PRELOAD = fromFileUrl(new URL("./_skewed_clock.ts", import.meta.url));
const MINUTE_MS = 60_000;
const SKEW_MS = 5 * MINUTE_MS;
/** By how much the clock of each actor's hosts is fast, in the order of the route: one of each for `any`. */
const CLOCKS = { fast: [SKEW_MS], any: [SKEW_MS, 0, -SKEW_MS], slow: [-SKEW_MS] } as const;
const ROUTE = Object.keys(CLOCKS) as (keyof typeof CLOCKS)[];
const ATTEMPTS = 8;
/** Fails as often as not, by chance; and always where it is told to. */
const FLAKY = `export function handle(task) {
  if (task.fails || Math.random() < 0.4) throw new RangeError("unlucky");
  return task;
}
`;
const SPEC = `  resiliency:
    policies:
      flaky: { maxAttempts: ${ATTEMPTS}, maxDuration: 20m, backoff: constant, initialDelay: 50ms }
    rules:
      - { match: [RangeError], policy: flaky }
`;
/** Deadlines, in minutes from now. */
const DEADLINES = ["-6", "-4", "1", "4", "7", "60"];
const OF_EACH = 8;

Deno.test({
  name: "clocks that are wrong by five minutes shift deadlines by no more, and nothing else",
  ignore: lacksRabbitmq(),
  async fn() {
    await using stack = new AsyncDisposableStack();
    const server = await RabbitmqServer.start();
    stack.defer(() => server.stop());
    const mesh = stack.use(await TestMesh.make(Object.fromEntries(ROUTE.map((name) => [name, FLAKY]))));
    for (const name of ROUTE) {
      await mesh.writeYaml(name, actorYaml(name, SPEC));
      const file = join(mesh.dir, name, "actor.yaml");
      await buildActor(parseActorSpec(await Deno.readTextFile(file), { file }), { check: false });
    }
    const address = server.address({ namespace: "skew" });
    const transport = await openTransport(address);
    stack.defer(() => transport.close());
    const path = join(mesh.dir, "results.db");
    const store = await openSqliteStore({ path });
    stack.defer(() => store.close());
    await transport.declare([...ROUTE, "x-sink", "x-sump"]);
    const hops: HopRecord[] = [];
    stack.defer(transport.subscribe(HOP_TOPIC, (bytes) => {
      hops.push(JSON.parse(new TextDecoder().decode(bytes)));
    }));
    const host = (what: string, args: string[], skewMs: number) => {
      const kept = new KeptHost({
        root: ROOT,
        what,
        port: server.port,
        args: (port) => ["--transport", server.address({ namespace: "skew" }, port), ...args],
        env: {},
        preload: () => ({ file: PRELOAD, env: { TROUPE_SKEW: String(skewMs) } }),
      });
      stack.defer(() => kept.end());
      return kept;
    };
    const cache = ["--cache", join(mesh.dir, "cache")];
    const hosts = [
      host("x-sink", ["--store", path], 0),
      ...ROUTE.flatMap((name) =>
        CLOCKS[name].map((skew) => host(join(mesh.dir, name, "actor.yaml"), cache, skew))
      ),
    ];
    await Promise.all(hosts.map((host) => host.start()));

    const now = Date.now();
    const sent = DEADLINES.flatMap((minutes) =>
      Array.from({ length: OF_EACH }, (_, i) => ({
        id: `${minutes}/${i}`,
        route: { prev: [], curr: "any", next: i % 2 ? ["fast", "slow"] : ["slow", "fast"] },
        status: { deadline_at: new Date(now + Number(minutes) * MINUTE_MS).toISOString() },
        payload: { fails: i === 0 },
      }))
    );
    const outcomes = await transport.publish(
      sent.map((each) => ({ queue: "any", body: new TextEncoder().encode(JSON.stringify(each)) })),
    );
    assertEquals(outcomes.filter(({ kind }) => kind !== "ok"), []);
    await eventually("the end of everything", async () => {
      const { results, dead } = await store.counts();
      return results + dead >= sent.length ? true : undefined;
    });
    await Promise.all(hosts.map((host) => host.drain()));
    for (const { failures } of hosts) assertEquals(failures, []);
    for (const [queue, { ready, delayed }] of await transport.depths()) {
      assertEquals([queue, ready + delayed], [queue, 0]);
    }
    const { items } = await store.results();
    assertEquals(items.map(({ id }) => id).sort(), sent.map(({ id }) => id).sort());
    assertEquals((await store.dead()).items, []);
    for (const { id, phase, error, repeats, conflicts } of items) {
      assertEquals([repeats, conflicts], [0, 0], id);
      const type = error === "" ? "" : JSON.parse(error).type;
      const [minutes = ""] = id.split("/");
      const told = `${id}: ${phase} ${type}`;
      // Before the deadline by every clock, or after it by every one: then there is no doubt.
      if (Number(minutes) > 5) assert(type !== "troupe.DeadlineExceeded", told);
      else if (Number(minutes) < -5) assertEquals(type, "troupe.DeadlineExceeded", told);
      // Between them, every route comes to the clock that is fast: it succeeds nowhere.
      else assert(phase === "failed", told);
      assert(phase === "succeeded" || ["RangeError", "troupe.DeadlineExceeded"].includes(type), told);
    }
    assert(items.some(({ phase }) => phase === "succeeded"), "nothing has succeeded");
    assertEquals(hops.filter(({ attempt }) => attempt > ATTEMPTS), []);
    const clocks = new Set(hops.map(({ startedAt }) => Math.round((startedAt - now) / SKEW_MS)));
    assertEquals([...clocks].sort(), [-1, 0, 1], "the clocks are not what they should be");
  },
});
