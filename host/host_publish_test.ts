import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { DatabaseSync } from "node:sqlite";
import { envelopeText, read, withHost } from "./_host_testing.ts";
import { echo, emitting } from "./_scripted_stage_testing.ts";
import { type Bench, changeDeliveries, gate, take, utf8 } from "./_testing.ts";
import { unwrapDead } from "./crew/dead_letter.ts";
import type { Envelope } from "./envelope.ts";
import { HOP_TOPIC } from "./hop_record.ts";
import type { Delivery, Outcome, Outgoing, Settlement } from "./transport/transport.ts";

const OK: Outcome = { kind: "ok" };
const REFUSED: Outcome = { kind: "refused", reason: "other", detail: "not now" };
const UNKNOWN: Outcome = { kind: "unknown", detail: "no answer came" };

/** Has the first attempts to settle answered by functions, one after the other; the later ones are real. */
function answering(
  attempts: Outgoing[][],
  ...answers: ((messages: readonly Outgoing[], delivery: Delivery) => Settlement | Promise<Settlement>)[]
) {
  return ({ transport }: Bench) => ({
    transport: changeDeliveries(transport, (delivery) => ({
      ...delivery,
      settle: async (messages) => {
        const answer = answers[attempts.length];
        attempts.push([...messages]);
        return answer ? await answer(messages, delivery) : await delivery.settle(messages);
      },
    })),
  });
}

const all = (outcome: Outcome) => (messages: readonly Outgoing[]): Settlement => ({
  outcomes: messages.map(() => outcome),
  acked: false,
  leaseLost: false,
});

Deno.test("what was refused, or whose fate is unknown, is published again: the same bytes, without running the actor again", async () => {
  const attempts: Outgoing[][] = [];
  const wrap = answering(attempts, all(REFUSED), all(UNKNOWN), all(REFUSED));
  const script = (envelope: Envelope) => emitting(envelope, `"${crypto.randomUUID()}"`, "1");
  await withHost(script, { wrap }, async ({ transport, send, stage }) => {
    await send(envelopeText("1"));
    const children = await take(transport, "b", 2);
    assertEquals([attempts.length, stage.ran.length], [4, 1]);
    for (const attempt of attempts) assertEquals(attempt, attempts[0]);
    assertEquals(children.map(({ body }) => body), attempts[0]?.map(({ body }) => body));
  });
});

Deno.test("what was confirmed is not published again, and nothing is acknowledged before the rest is too", async () => {
  const attempts: Outgoing[][] = [];
  const wrap = answering(
    attempts,
    () => ({ outcomes: [OK, UNKNOWN, REFUSED], acked: false, leaseLost: false }),
    () => ({ outcomes: [REFUSED, OK], acked: false, leaseLost: false }),
  );
  await withHost((envelope) => emitting(envelope, "0", "1", "2"), { wrap }, async ({ transport, send }) => {
    await send(envelopeText("1"));
    const [last] = await take(transport, "b", 1);
    assertEquals(read(last as Delivery).payload, "1");
    assertEquals(attempts.map((attempt) => attempt.map(({ body }) => read({ body }).payload)), [
      ["0", "1", "2"],
      ["1", "2"],
      ["1"],
    ]);
    assertEquals(await transport.depth("a"), { ready: 0, delayed: 0, leased: 0 });
  });
});

Deno.test("that something cannot be published is said, once for each envelope, with the reason", async () => {
  const wrap = answering([], all(REFUSED), all(REFUSED), all(UNKNOWN));
  await withHost(echo, { wrap }, async ({ transport, send, lines }) => {
    await send(envelopeText("1"));
    await take(transport, "b", 1);
    const told = lines.filter(({ level }) => level === "warn");
    assertEquals(told.map(({ id, reason }) => [id, reason]), [["1", "not now"]]);
  });
});

Deno.test("an actor that does not exist is waited for, and then its envelope goes to x-sump; its siblings go on", async () => {
  await withHost(
    (envelope) => {
      const { emits } = emitting(envelope, "0", "1") as Extract<ReturnType<typeof emitting>, { ok: true }>;
      return {
        ok: true,
        emits: emits.map((emit, i) => i ? { ...emit, route: { ...emit.route, next: ["b"] } } : emit),
      };
    },
    { noQueueMs: 200 },
    async ({ transport, send, stage, lines }) => {
      await send(envelopeText("1", { next: ["nobody", "b"] }));
      const [dead] = await take(transport, "x-sump", 1);
      const letter = unwrapDead(dead?.body as Uint8Array);
      assertEquals([letter?.reason, letter?.queue, letter?.actor], ["troupe.NoSuchActor", "nobody", "a"]);
      const child = read({ body: letter?.body as Uint8Array });
      assertEquals([child.id, child.route.curr, child.payload], ["1", "nobody", "0"]);
      const [sibling] = await take(transport, "b", 1);
      assertEquals(read(sibling as Delivery).payload, "1");
      assertEquals(stage.ran.length, 1);
      assert(lines.some(({ code, id }) => code === "troupe.NoSuchActor" && id === "1"));
    },
  );
});

Deno.test("an actor that comes while it is waited for gets its envelope", async () => {
  await withHost(echo, {}, async ({ transport, send, nextLine }) => {
    const line = nextLine("not published");
    await send(envelopeText("1", { next: ["late"] }));
    await line;
    await transport.declare(["late"]);
    const [delivery] = await take(transport, "late", 1);
    assertEquals(read(delivery as Delivery).id, "1");
    assertEquals((await transport.depth("x-sump")).ready, 0);
  });
});

Deno.test("while there is no x-sump, what is to go there is held, unchanged, until there is one", async () => {
  const attempts: Outgoing[][] = [];
  const often = gate();
  const wrap = (bench: Bench) =>
    answering(
      attempts,
      ...Array.from({ length: 5 }, (_, n) => (messages: readonly Outgoing[], delivery: Delivery) => {
        if (n === 4) often.open();
        return delivery.settle(messages);
      }),
    )(bench);
  await withHost(echo, { queues: ["a", "x-sink"], noQueueMs: 0, wrap }, async ({ transport, send }) => {
    await send("not JSON");
    await often.opened;
    await transport.declare(["x-sump"]);
    const [dead] = await take(transport, "x-sump", 1);
    assertEquals(unwrapDead(dead?.body as Uint8Array)?.body, utf8("not JSON"));
    for (const attempt of attempts) assertEquals(attempt, attempts[0]);
  });
});

Deno.test("a child that is larger than the transport carries goes to x-sump, the others go on", async () => {
  const large = JSON.stringify("x".repeat(3_000));
  await withHost(
    (envelope) => emitting(envelope, "0", large, "2"),
    { maxBodyBytes: 3_100 },
    async (setting) => {
      const { transport, send, stage, lines } = setting;
      const body = envelopeText("1");
      await send(body);
      // Its dead letter is larger still; what came in fits, as it has come this way.
      const [dead] = await take(transport, "x-sump", 1);
      assertEquals(dead?.body, utf8(body));
      assertEquals((await take(transport, "b", 2)).map((delivery) => read(delivery).payload).sort(), [
        "0",
        "2",
      ]);
      assertEquals(stage.ran.length, 1);
      assert(lines.some(({ code }) => code === "troupe.TooLarge"));
    },
  );
});

Deno.test("a child that is too large, but not its dead letter, is kept whole in x-sump", async () => {
  const large = JSON.stringify("x".repeat(3_000));
  const wrap = answering([], (messages) => ({
    outcomes: messages.map(() => ({ kind: "refused", reason: "too-large", detail: "" } as const)),
    acked: false,
    leaseLost: false,
  }));
  await withHost((envelope) => emitting(envelope, large), { wrap }, async ({ transport, send }) => {
    await send(envelopeText("1"));
    const [dead] = await take(transport, "x-sump", 1);
    const letter = unwrapDead(dead?.body as Uint8Array);
    assertEquals([letter?.reason, letter?.queue], ["troupe.TooLarge", "b"]);
    assertEquals(read({ body: letter?.body as Uint8Array }).payload, large);
  });
});

Deno.test("when the lease is lost, nothing is published, and no hop is told", async () => {
  const begun = gate();
  const lost = gate();
  const script = async (envelope: Envelope) => {
    begun.open();
    await lost.opened;
    return emitting(envelope, "1");
  };
  await withHost(script, {}, async ({ folder, transport, send, host, done, nextLine }) => {
    const told: Uint8Array[] = [];
    transport.subscribe(HOP_TOPIC, (bytes) => told.push(bytes));
    await send(envelopeText("1"));
    await begun.opened;
    const other = new DatabaseSync(join(folder, "queues.db"));
    other.exec("UPDATE meta SET owner = 'somebody else'");
    other.close();
    const line = nextLine("lease");
    lost.open();
    assertEquals((await line).level, "warn");
    await host.drain();
    await done;
    assertEquals([(await transport.depth("b")).ready, (await transport.depth("a")).leased, told.length], [
      0,
      1,
      0,
    ]);
  });
});

Deno.test("when settling itself fails, the envelope is given back and comes again", async () => {
  const attempts: Outgoing[][] = [];
  const wrap = answering(attempts, () => Promise.reject(new Error("the wire is cut")));
  await withHost(echo, { wrap }, async ({ transport, send, nextLine }) => {
    const line = nextLine("the wire is cut");
    await send(envelopeText("1"));
    assertStringIncludes((await line).message, "given back");
    const [delivery] = await take(transport, "b", 1);
    assertEquals(read(delivery as Delivery).id, "1");
  });
});
