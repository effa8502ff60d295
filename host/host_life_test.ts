import { assert, assertEquals, assertRejects } from "@std/assert";
import { envelopeText, read, withHost } from "./_host_testing.ts";
import { echo, emitting, type Script, ScriptedStage } from "./_scripted_stage_testing.ts";
import { type Bench, changeDeliveries, gate, take, withBench } from "./_testing.ts";
import { Host } from "./host.ts";
import { NO_METRICS } from "./observe/metrics.ts";
import { StageBrokenError } from "./stage/errors.ts";
import { TransportClosedError } from "./transport/errors.ts";
import type { Delivery } from "./transport/transport.ts";

const EMPTY = { ready: 0, delayed: 0, leased: 0 };
const idOf = (delivery: Delivery | undefined) => read(delivery as Delivery).id;

/** A script that begins, and goes on when it is told to. */
function held(): { script: Script; begun: Promise<void>; goOn: () => void } {
  const begun = gate();
  const go = gate();
  const script: Script = async (envelope) => {
    begun.open();
    await go.opened;
    return emitting(envelope, envelope.payload);
  };
  return { script, begun: begun.opened, goOn: () => go.open() };
}

Deno.test("while the actor cannot be run its envelopes are given back, and are run when it can", async () => {
  let broken = true;
  let tries = 0;
  const told = gate();
  const script: Script = (envelope) => {
    if (!broken) return emitting(envelope, "1");
    if (++tries === 2) told.open();
    throw new StageBrokenError("a", "it crashes");
  };
  await withHost(script, {}, async ({ transport, send, host, stage, lines, nextLine }) => {
    const line = nextLine("cannot be run");
    await send(envelopeText("1"), envelopeText("2"));
    await told.opened;
    assertEquals((await line).level, "error");
    assert(host.broken.includes("it crashes"), host.broken);
    broken = false;
    assertEquals((await take(transport, "b", 2)).map(idOf).sort(), ["1", "2"]);
    assertEquals([host.broken, stage.ran.length], ["", 4]);
    // However many envelopes come back, it is said once.
    assertEquals(lines.filter(({ level }) => level === "error").length, 1);
  });
});

Deno.test("an envelope that was given back was not counted as delivered", async () => {
  const script: Script = () => {
    throw new StageBrokenError("a", "it crashes");
  };
  await withHost(script, {}, async ({ transport, send, host, done, nextLine }) => {
    const line = nextLine("cannot be run");
    await send(envelopeText("1"));
    await line;
    await host.stop();
    await done;
    const [delivery] = await take(transport, "a", 1);
    assertEquals([idOf(delivery), delivery?.deliveries], ["1", 0]);
  });
});

Deno.test("what the host itself did not expect gives the envelope back, and the host goes on", async () => {
  let times = 0;
  const script: Script = (envelope) => {
    if (envelope.id === "odd" && ++times === 1) throw new TypeError("nobody thought of this");
    return emitting(envelope, "1");
  };
  await withHost(script, {}, async ({ transport, send, lines }) => {
    await send(envelopeText("odd"), envelopeText("even"));
    assertEquals((await take(transport, "b", 2)).map(idOf).sort(), ["even", "odd"]);
    assertEquals(lines.filter(({ level }) => level === "error").length, 1);
  });
});

Deno.test("drain() finishes what is in hand and takes no more; then the stage is closed", async () => {
  const { script, begun, goOn } = held();
  await withHost(script, { concurrency: 1 }, async ({ transport, send, host, stage, done }) => {
    await send(envelopeText("1"), envelopeText("2"));
    await begun;
    assertEquals(host.inFlight, 1);
    const draining = [host.drain(), host.drain()];
    goOn();
    await Promise.all(draining);
    await done;
    assertEquals((await transport.depths()).get("a"), { ready: 1, delayed: 0, leased: 0 });
    assertEquals([idOf((await take(transport, "b", 1))[0]), stage.closed, host.inFlight], ["1", "closed", 0]);
  });
});

Deno.test("a host that is drained before it runs takes nothing, and ends", async () => {
  await withBench({ queues: ["a"] }, async ({ transport, logger }) => {
    const stage = new ScriptedStage(echo);
    const host = new Host({ actor: "a", transport, logger, stage, metrics: NO_METRICS, concurrency: 1 });
    await host.drain();
    await transport.publish([{ queue: "a", body: new Uint8Array(1) }]);
    await host.run();
    assertEquals([(await transport.depth("a")).ready, stage.closed], [1, "closed"]);
  });
});

Deno.test("run() rejects when the transport cannot be consumed from, and closes the stage", async () => {
  await withBench({ queues: ["a"] }, async ({ transport, logger }) => {
    const stage = new ScriptedStage(echo);
    const host = new Host({ actor: "a", transport, logger, stage, metrics: NO_METRICS, concurrency: 1 });
    await transport.close();
    await assertRejects(() => host.run(), TransportClosedError);
    assertEquals(stage.closed, "closed");
  });
});

Deno.test("stop() gives back what is in hand, at once and uncounted", async () => {
  const { script, begun } = held();
  await withHost(script, { concurrency: 2 }, async ({ transport, send, host, stage, done }) => {
    await send(envelopeText("1"), envelopeText("2"), envelopeText("3"));
    await begun;
    await host.stop();
    await done;
    assertEquals([stage.closed, host.inFlight], ["at once", 0]);
    const back = await take(transport, "a", 3);
    assertEquals(back.map((delivery) => [idOf(delivery), delivery.deliveries]).sort(), [["1", 0], ["2", 0], [
      "3",
      0,
    ]]);
    assertEquals((await transport.depth("b")).ready, 0);
  });
});

Deno.test("stop() does not wait for what cannot be published", async () => {
  await withHost(echo, {}, async ({ transport, send, host, done, nextLine }) => {
    const line = nextLine("not published");
    await send(envelopeText("1", { next: ["nobody"] }));
    await line;
    await host.stop();
    await done;
    assertEquals(await transport.depth("a"), { ready: 1, delayed: 0, leased: 0 });
  });
});

Deno.test("stop() does not wait without end for a broker that does not answer: the envelope comes again", async () => {
  const published = gate();
  const wrap = ({ transport }: Bench) => ({
    transport: changeDeliveries(transport, (delivery) => ({
      ...delivery,
      settle: () => {
        published.open();
        return new Promise(() => {});
      },
    })),
  });
  await withHost(echo, { wrap, stopMs: 20 }, async ({ transport, send, host, done, nextLine }) => {
    await send(envelopeText("1"));
    await published.opened;
    const line = nextLine("does not answer");
    await Promise.all([host.stop(), host.stop()]);
    await done;
    assertEquals((await line).inFlight, 1);
    assertEquals((await transport.depth("a")).leased, 1);
  });
});

Deno.test("drain() and then stop(), as two signals do, ends at once", async () => {
  const { script, begun } = held();
  await withHost(script, {}, async ({ transport, send, host, done }) => {
    await send(envelopeText("1"));
    await begun;
    await host.drain();
    await host.stop();
    await done;
    assertEquals((await transport.depth("a")).ready, 1);
  });
});

Deno.test("swap() gives new envelopes to the new stage, while the old one finishes what it has begun", async () => {
  const old = held();
  await withHost(old.script, {}, async ({ transport, send, host, stage }) => {
    await send(envelopeText("1"));
    await old.begun;
    const successor = new ScriptedStage((envelope) => emitting(envelope, '"new"'));
    const swapped = host.swap(successor);
    assertEquals(host.stage, successor);
    await send(envelopeText("2"));
    assertEquals((await take(transport, "b", 1)).map((d) => [idOf(d), read(d).payload]), [["2", '"new"']]);
    old.goOn();
    assertEquals((await take(transport, "b", 1)).map((d) => [idOf(d), read(d).payload]), [["1", '{"n":1}']]);
    await swapped;
    assertEquals([stage.closed, successor.closed, stage.ran.length, successor.ran.length], [
      "closed",
      "no",
      1,
      1,
    ]);
  });
});

Deno.test("an envelope that its stage had to give up in a swap is run by the next one, without going back", async () => {
  const at = gate();
  const swapped = gate();
  const script: Script = async (_, stage) => {
    at.open();
    await swapped.opened;
    await stage.close({ now: true });
    throw new Error("not reached");
  };
  let released = 0;
  const wrap = ({ transport }: Bench) => ({
    transport: changeDeliveries(transport, (delivery) => ({
      ...delivery,
      release: (options) => (released++, delivery.release(options)),
    })),
  });
  await withHost(script, { wrap }, async ({ transport, send, host, lines }) => {
    const successor = new ScriptedStage((envelope) => emitting(envelope, '"new"'));
    await send(envelopeText("1"));
    await at.opened;
    const swapping = host.swap(successor);
    swapped.open();
    await swapping;
    assertEquals((await take(transport, "b", 1)).map((d) => read(d).payload), ['"new"']);
    assertEquals([lines.filter(({ level }) => level === "error"), released], [[], 0]);
  });
});

Deno.test("a swap mends what was broken", async () => {
  const script: Script = () => {
    throw new StageBrokenError("a", "it crashes");
  };
  await withHost(script, {}, async ({ transport, send, host, nextLine }) => {
    const line = nextLine("cannot be run");
    await send(envelopeText("1"));
    await line;
    await host.swap(new ScriptedStage(echo));
    assertEquals(host.broken, "");
    assertEquals(idOf((await take(transport, "b", 1))[0]), "1");
  });
});

Deno.test("a stage that is swapped in after the end is closed, not left behind", async () => {
  await withHost(echo, {}, async ({ host, done }) => {
    await host.drain();
    await done;
    const late = new ScriptedStage(echo);
    await host.swap(late);
    assertEquals(late.closed, "at once");
  });
});

Deno.test("no more is in hand than the actor's concurrency allows", async () => {
  let running = 0;
  let most = 0;
  const script: Script = async (envelope) => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 1));
    running--;
    return emitting(envelope, "1");
  };
  await withHost(script, { concurrency: 3 }, async ({ transport, send }) => {
    await send(...Array.from({ length: 60 }, (_, n) => envelopeText(`${n}`)));
    assertEquals((await take(transport, "b", 60)).length, 60);
    assertEquals(most, 3);
    assertEquals(await transport.depth("a"), EMPTY);
  });
});
