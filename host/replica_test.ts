import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { envelopeText, read } from "./_host_testing.ts";
import { type Bench, changeDeliveries, gate, take, utf8, withBench } from "./_testing.ts";
import { ComponentRefusedError } from "./component/errors.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { createMetrics, NO_METRICS } from "./observe/metrics.ts";
import { type ActorConfig, FLY_TOPIC, openStage, startReplica } from "./replica.ts";
import { isAlive, obedientActor, watComponent } from "./stage/_testing.ts";
import type { Delivery } from "./transport/transport.ts";

async function actorOf({ folder }: Bench, component: Uint8Array): Promise<ActorConfig> {
  const path = join(folder, `${crypto.randomUUID()}.wasm`);
  await Deno.writeFile(path, component);
  return {
    name: "a",
    component: { kind: "file", path },
    isolation: "fresh",
    limits: DEFAULT_LIMITS,
    grants: { route: [] },
  };
}

const returning = (text: string) =>
  watComponent({
    fields: `(data (i32.const 64) "${text}")`,
    handle: `(call $return (i32.const 64) (i32.const ${text.length}))`,
  });

Deno.test("a replica declares its queue and the crew's, and runs the component on what comes", async () => {
  await withBench({ queues: [] }, async (bench) => {
    const { transport, logger, folder } = bench;
    const options = { transport, logger, metrics: NO_METRICS, cacheDir: join(folder, "cache") };
    const host = await startReplica(await actorOf(bench, await returning("12")), options);
    assertEquals(await transport.queues(), ["a", "x-sink", "x-sump"]);
    const done = host.run();
    await transport.publish([{ queue: "a", body: utf8(envelopeText("1", { next: [] })) }]);
    assertEquals(read((await take(transport, "x-sink", 1))[0] as Delivery).payload, "12");
    const successor = await openStage(await actorOf(bench, await returning("34")), options);
    await host.swap(successor);
    await transport.publish([{ queue: "a", body: utf8(envelopeText("2", { next: [] })) }]);
    assertEquals(read((await take(transport, "x-sink", 1))[0] as Delivery).payload, "34");
    await host.drain();
    await done;
  });
});

Deno.test("what a guest says is logged with its actor and envelope; its events are broadcast; its sandboxes are counted", async () => {
  await withBench({ queues: [] }, async (bench) => {
    const { transport, logger, folder, nextLine } = bench;
    const metrics = await createMetrics();
    const actor = await actorOf(bench, await obedientActor());
    const host = await startReplica(actor, { transport, logger, metrics, cacheDir: join(folder, "cache") });
    const done = host.run();
    const flown = gate<string>();
    transport.subscribe(FLY_TOPIC, (bytes) => flown.open(new TextDecoder().decode(bytes)));
    const line = nextLine("hello");
    const steps = [["log", "warn", "hello"], ["fly", { progress: 0.5 }]];
    await transport.publish([{ queue: "a", body: utf8(envelopeText('"1"', { payload: { do: steps } })) }]);
    const { level, message, actor: who, id, guest } = await line;
    assertEquals([level, message, who, id, guest], ["warn", "hello", "a", '"1"', true]);
    assertEquals(JSON.parse(await flown.opened), { id: '"1"', event: { progress: 0.5 } });
    await host.stop();
    await done;
    const { text } = await metrics.render();
    assert(/troupe_stage_events_total\{actor="a",event="child-started"\} [12]/.test(text), text);
  });
});

Deno.test("a component that may not run is refused before anything is taken", async () => {
  await withBench({ queues: [] }, async (bench) => {
    const { transport, logger, folder } = bench;
    const actor = await actorOf(bench, Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
    const options = { transport, logger, metrics: NO_METRICS, cacheDir: join(folder, "cache") };
    const error = await assertRejects(() => startReplica(actor, options), ComponentRefusedError);
    assertEquals(error.code, "troupe.NotAComponent");
  });
});

Deno.test("when its queue cannot be declared, no sandbox is left behind", async () => {
  await withBench({ queues: [] }, async (bench) => {
    const { transport, logger, folder, lines } = bench;
    const faulty = {
      ...changeDeliveries(transport, (delivery) => delivery),
      declare: () => Promise.reject(new Error("it exists with other arguments")),
    };
    const actor = await actorOf(bench, await returning("12"));
    const options = { transport: faulty, logger, metrics: NO_METRICS, cacheDir: join(folder, "cache") };
    await assertRejects(() => startReplica(actor, options), Error, "other arguments");
    const pids = lines.filter(({ message }) => message === "stage: child-started").map(({ pid }) =>
      Number(pid)
    );
    assert(pids.length > 0);
    assertEquals(pids.filter(isAlive), []);
  });
});
