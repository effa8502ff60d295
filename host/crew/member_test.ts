import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { DatabaseSync } from "node:sqlite";
import { type Bench, changeDeliveries, gate, take, utf8, withBench } from "../_testing.ts";
import type { Delivery } from "../transport/transport.ts";
import { runMember } from "./member.ts";

const text = ({ body }: Pick<Delivery, "body">) => new TextDecoder().decode(body);
const publish = ({ transport }: Bench, ...texts: string[]) =>
  transport.publish(texts.map((text) => ({ queue: "x-sink", body: utf8(text) })));
const recording = () => "";

Deno.test("a delivery is acknowledged after it was recorded, with what is to be published instead", async () => {
  await withBench({}, async (bench) => {
    const { transport, logger } = bench;
    const atWork: number[] = [];
    const member = runMember("x-sink", {
      transport,
      logger,
      recording,
      async handle(delivery) {
        atWork.push((await transport.depth("x-sink")).leased);
        return text(delivery) === "bad" ? [{ queue: "x-sump", body: utf8("why") }] : [];
      },
    });
    await publish(bench, "good", "bad");
    assertEquals((await take(transport, "x-sump", 1)).map(text), ["why"]);
    await member.stop();
    assertEquals(atWork.length, 2);
    assert(atWork.every((leased) => leased > 0), `${atWork}`);
    assertEquals(await transport.depth("x-sink"), { ready: 0, delayed: 0, leased: 0 });
  });
});

Deno.test("what cannot be recorded for a while comes back until it can; it is said once, and nothing is lost", async () => {
  await withBench({}, async (bench) => {
    const { transport, logger, lines } = bench;
    let broken = true;
    const failed = gate();
    const recorded: string[] = [];
    const all = gate();
    const member = runMember("x-sink", {
      transport,
      logger,
      recording,
      handle(delivery) {
        if (broken) {
          failed.open();
          return Promise.reject(new Error("the store is away"));
        }
        recorded.push(text(delivery));
        if (recorded.length === 20) all.open();
        return Promise.resolve([]);
      },
    });
    const sent = Array.from({ length: 20 }, (_, n) => `${n}`);
    await publish(bench, ...sent);
    await failed.opened;
    // By the time that this is answered, the failure has been noted.
    await transport.queues();
    assertEquals(member.problem(), "the store is away");
    broken = false;
    await all.opened;
    await member.stop();
    assertEquals(recorded.sort(), sent.sort());
    assertEquals(member.problem(), "");
    assertEquals(lines.filter(({ level }) => level === "error").length, 1);
    assertEquals(await transport.depth("x-sink"), { ready: 0, delayed: 0, leased: 0 });
  });
});

Deno.test("what was to be published instead and was refused comes back, until it is published", async () => {
  await withBench({ queues: ["x-sink"] }, async (bench) => {
    const { transport, logger } = bench;
    const first = gate();
    const member = runMember("x-sink", {
      transport,
      logger,
      recording,
      handle() {
        first.open();
        return Promise.resolve([{ queue: "x-sump", body: utf8("why") }]);
      },
    });
    await publish(bench, "bad");
    await first.opened;
    await transport.queues();
    const { ready, delayed, leased } = await transport.depth("x-sink");
    assertEquals(ready + delayed + leased, 1);
    await transport.declare(["x-sump"]);
    assertEquals((await take(transport, "x-sump", 1)).map(text), ["why"]);
    await member.stop();
  });
});

Deno.test("stop() finishes what is in hand, and takes no more; twice is nothing", async () => {
  await withBench({}, async (bench) => {
    const { transport, logger } = bench;
    const begun = gate();
    const end = gate();
    const recorded: string[] = [];
    const member = runMember("x-sink", {
      transport,
      logger,
      recording,
      inFlight: 1,
      async handle(delivery) {
        begun.open();
        await end.opened;
        recorded.push(text(delivery));
        return [];
      },
    });
    await publish(bench, "first", "second");
    await begun.opened;
    const stopping = [member.stop(), member.stop()];
    end.open();
    await Promise.all(stopping);
    await member.done;
    assertEquals(recorded, ["first"]);
    assertEquals(await transport.depth("x-sink"), { ready: 1, delayed: 0, leased: 0 });
  });
});

Deno.test("no more is in hand than is allowed", async () => {
  await withBench({}, async (bench) => {
    const { transport, logger } = bench;
    let inHand = 0;
    let most = 0;
    let left = 40;
    const all = gate();
    const member = runMember("x-sink", {
      transport,
      logger,
      recording,
      inFlight: 4,
      async handle() {
        most = Math.max(most, ++inHand);
        await transport.queues();
        inHand--;
        if (--left === 0) all.open();
        return [];
      },
    });
    await publish(bench, ...Array.from({ length: 40 }, (_, n) => `${n}`));
    await all.opened;
    await member.stop();
    assertEquals(most, 4);
  });
});

Deno.test("a delivery whose lease was lost is left to whoever has it", async () => {
  await withBench({}, async (bench) => {
    const { transport, logger, lines, folder } = bench;
    const begun = gate();
    const lost = gate();
    const member = runMember("x-sink", {
      transport,
      logger,
      recording,
      async handle() {
        begun.open();
        await lost.opened;
        return [{ queue: "x-sump", body: utf8("why") }];
      },
    });
    await publish(bench, "mine no more");
    await begun.opened;
    const other = new DatabaseSync(join(folder, "queues.db"));
    other.exec("UPDATE meta SET owner = 'somebody else'");
    other.close();
    lost.open();
    await member.stop();
    assertEquals(await transport.depth("x-sink"), { ready: 0, delayed: 0, leased: 1 });
    assertEquals((await transport.depth("x-sump")).ready, 0);
    assertEquals(lines, []);
  });
});

Deno.test("a delivery that cannot be given back is left to its lease, and said", async () => {
  await withBench({}, async (bench) => {
    const { transport, logger, nextLine } = bench;
    const release = () => Promise.reject(new Error("the wire is cut"));
    const faulty = changeDeliveries(transport, (delivery) => ({ ...delivery, release }));
    const member = runMember("x-sink", {
      transport: faulty,
      logger,
      recording,
      handle: () => Promise.reject(new Error("the store is away")),
    });
    const line = nextLine("its lease will run out");
    await publish(bench, "1");
    assertEquals((await line).level, "error");
    await member.stop();
  });
});

Deno.test("a member tells what its store says, before anything has failed", async () => {
  await withBench({}, async ({ transport, logger }) => {
    let problem = "the disk is full";
    const member = runMember("x-sink", {
      transport,
      logger,
      recording: () => problem,
      handle: () => Promise.resolve([]),
    });
    assertEquals(member.problem(), "the disk is full");
    problem = "";
    assertEquals(member.problem(), "");
    await member.stop();
  });
});
