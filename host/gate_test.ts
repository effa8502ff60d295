import { assert, assertEquals } from "@std/assert";
import { envelopeText, read, withHost } from "./_host_testing.ts";
import { echo, emitting, type Script } from "./_scripted_stage_testing.ts";
import { gate, take, withBench } from "./_testing.ts";
import { broadcastControls, followControls, tellControls } from "./control_feed.ts";
import { Controls, type ControlState } from "./controls.ts";
import { shareRate } from "./rate_share.ts";

const state = (revision: number, more: Partial<ControlState> = {}): ControlState => ({
  revision,
  paused: [],
  canceled: [],
  ...more,
});
const ALL_READY = (ready: number) => ({ ready, delayed: 0, leased: 0 });

Deno.test("an actor that is paused takes nothing, what it has in hand is finished; then it goes on", async () => {
  const controls = new Controls();
  const [begun, goOn] = [gate(), gate()];
  const script: Script = async (envelope) => {
    begun.open();
    await goOn.opened;
    return emitting(envelope, envelope.payload);
  };
  await withHost(script, { controls, concurrency: 1 }, async ({ transport, send }) => {
    await send(envelopeText("1"), envelopeText("2"), envelopeText("3"));
    await begun.opened;
    controls.apply(state(1, { paused: ["a"] }));
    goOn.open();
    assertEquals((await take(transport, "b", 1)).map((delivery) => read(delivery).id), ["1"]);
    await send(envelopeText("4"));
    assertEquals(await transport.depth("a"), ALL_READY(3));
    controls.apply(state(2));
    assertEquals((await take(transport, "b", 3)).map((delivery) => read(delivery).id), ["2", "3", "4"]);
  });
});

Deno.test("an actor that is paused when its host ends, ends", async () => {
  const controls = new Controls();
  controls.apply(state(1, { paused: ["a"] }));
  await withHost(echo, { controls }, async ({ transport, send, host, done, stage }) => {
    await send(envelopeText("1"));
    await host.drain();
    await done;
    assertEquals([stage.closed, await transport.depth("a")], ["closed", ALL_READY(1)]);
  });
});

Deno.test("a host whose transport is closed ends", async () => {
  await withHost(echo, {}, async ({ transport, send, done }) => {
    await send(envelopeText("1"));
    await take(transport, "b", 1);
    await transport.close();
    await done;
  });
});

Deno.test("an envelope that was called off goes to x-sink as it came, and the actor is not run", async () => {
  const controls = new Controls();
  controls.apply(state(1, { canceled: [{ id: "2", at: 1 }] }));
  await withHost(echo, { controls }, async ({ transport, send, stage }) => {
    await send(envelopeText("1"), envelopeText("2", { next: ["b", "c"] }));
    const [canceled] = await take(transport, "x-sink", 1);
    assert(canceled);
    const { id, route, status, payload } = read(canceled);
    assertEquals([id, route, payload], ["2", { prev: [], curr: "a", next: ["b", "c"] }, '{"n":1}']);
    assertEquals([status?.phase, status?.reason], ["canceled", "Canceled"]);
    await take(transport, "b", 1);
    assertEquals(stage.ran.map((envelope) => envelope.id), ["1"]);
  });
});

Deno.test("no more hops are begun than the rate allows", async () => {
  const rate = { count: 50, perMs: 1000 };
  const starts: number[] = [];
  const script: Script = (envelope) => {
    starts.push(performance.now());
    return emitting(envelope, envelope.payload);
  };
  await withHost(script, { rate }, async ({ transport, send }) => {
    await send(...Array.from({ length: 80 }, (_, n) => envelopeText(`${n}`)));
    await take(transport, "b", 80);
    const [first = 0] = starts;
    // Whatever moment one looks at. A hop begins after its token was taken, so a few may have queued up.
    for (const [n, at] of starts.entries()) {
      const allowed = 1 + 50 + (at - first) * rate.count / rate.perMs;
      assert(n + 1 <= allowed + 1, `${n + 1} hops in ${at - first} ms`);
    }
    assertEquals(await transport.depth("a"), ALL_READY(0));
  });
});

Deno.test("a delivery that would have to wait long for the rate stays in its queue, uncounted", async () => {
  await withHost(echo, { rate: { count: 1, perMs: 3_600_000 } }, async ({ transport, send, host, done }) => {
    await send(envelopeText("1"), envelopeText("2"));
    await take(transport, "b", 1);
    await host.drain();
    await done;
    const [left] = await take(transport, "a", 1);
    assertEquals(left?.deliveries, 0);
  });
});

Deno.test("replicas share a rate, and one that has gone leaves its part", async () => {
  await withBench({ queues: ["a"] }, async ({ transport }) => {
    const shares = [shareRate(transport, "a"), shareRate(transport, "a"), shareRate(transport, "b")];
    while (shares[0]?.share() !== 1 / 2 || shares[1]?.share() !== 1 / 2) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assertEquals(shares[2]?.share(), 1);
    for (const share of shares) share.stop();
  });
});

Deno.test("a host that begins later is told what is asked, and all are told of changes", async () => {
  await withBench({ queues: ["a"] }, async ({ transport, logger }) => {
    let asked = state(7, {
      paused: ["a"],
      canceled: Array.from({ length: 1_200 }, (_, n) => ({ id: `${n}`, at: Date.now() })),
    });
    const teller = tellControls(transport, { read: () => Promise.resolve(asked), logger });
    const feed = followControls(transport, { patienceMs: 60_000 });
    await feed.heard;
    assertEquals(feed.controls.isPaused("a"), true);
    while (!feed.controls.isCanceled({ id: "1199" })) await new Promise((resolve) => setTimeout(resolve, 5));
    const changed = Promise.withResolvers<void>();
    feed.controls.onPausedChange(() => changed.resolve());
    asked = state(8);
    broadcastControls(transport, asked);
    await changed.promise;
    assertEquals(feed.controls.isPaused("a"), false);
    feed.stop();
    await teller.stop();
  });
});

Deno.test("where nobody has a store, a host does not wait for long", async () => {
  await withBench({ queues: ["a"] }, async ({ transport }) => {
    const feed = followControls(transport, { patienceMs: 10 });
    await feed.heard;
    feed.stop();
  });
});
