import { assert, assertEquals } from "@std/assert";
import { changeDeliveries, gate, take, withBench } from "../_testing.ts";
import { parseEnvelope } from "../envelope.ts";
import { CLAIM_HEADER, sha256Of } from "./claim_check.ts";
import type { ClaimStore } from "./claims.ts";
import { withClaims } from "./claiming_transport.ts";

/** Payloads in memory, which can be away. */
function keep() {
  const kept = new Map<string, Uint8Array>();
  const state = { away: false };
  const here = <T>(value: T): Promise<T> =>
    state.away ? Promise.reject(new Error("the store is away")) : Promise.resolve(value);
  const claims: ClaimStore = {
    async put(payload) {
      await here(0);
      const key = await sha256Of(payload);
      kept.set(key, payload);
      return key;
    },
    get: (key) => here(kept.get(key)),
    forget: () => here(0),
  };
  return { kept, state, claims: () => Promise.resolve(claims) };
}

const LARGE = `"${"x".repeat(5000)}"`;
const envelope = (id: string, payload: string) =>
  new TextEncoder().encode(`{"id":"${id}","route":{"prev":[],"curr":"a","next":[]},"payload":${payload}}`);
const QUEUES = ["a", "b", "x-sump"];

Deno.test("a large payload is in the store, not in the queue, and in its envelope again when that is taken", async () => {
  await withBench({ queues: QUEUES }, async ({ transport, logger }) => {
    const { kept, claims } = keep();
    const claiming = withClaims(transport, { claims, logger, aboveBytes: 1000 });
    const outcomes = await claiming.publish([
      { queue: "a", body: envelope("large", LARGE) },
      { queue: "a", body: envelope("small", "1") },
      { queue: "x-sump", body: envelope("dead", LARGE) },
    ]);
    assertEquals(outcomes, [{ kind: "ok" }, { kind: "ok" }, { kind: "ok" }]);
    assertEquals(kept.size, 1);
    const travelling = await take(transport, "a", 2);
    const [large] = travelling.map(({ body }) => parseEnvelope(body)).filter(({ id }) => id === "large");
    assertEquals([large?.payload, CLAIM_HEADER in (large?.headers ?? {})], ["null", true]);
    await transport.publish(travelling.map(({ body }) => ({ queue: "b", body })));
    const taken = await take(claiming, "b", 2);
    assertEquals(taken.map(({ body }) => parseEnvelope(body).payload.length).sort(), [1, LARGE.length]);
    assert(taken.every(({ body }) => parseEnvelope(body).headers === undefined));
    // What is dead stays byte for byte.
    assertEquals((await take(claiming, "x-sump", 1))[0]?.body, envelope("dead", LARGE));
  });
});

Deno.test("where programs of another make take from the queues, payloads travel, whatever their size", async () => {
  await withBench({ queues: QUEUES }, async ({ transport, logger }) => {
    const { kept, claims } = keep();
    const foreign = { ...changeDeliveries(transport, (delivery) => delivery), isForeign: true };
    await withClaims(foreign, { claims, logger, aboveBytes: 1000 }).publish([
      { queue: "a", body: envelope("1", LARGE) },
    ]);
    assertEquals((await take(transport, "a", 1)).map(({ body }) => body), [envelope("1", LARGE)]);
    assertEquals(kept.size, 0);
  });
});

Deno.test("while the store is away nothing is published, nothing taken, and nothing lost", async () => {
  await withBench({ queues: QUEUES }, async ({ transport, logger, nextLine }) => {
    const { state, claims } = keep();
    const claiming = withClaims(transport, { claims, logger, aboveBytes: 1000 });
    await claiming.publish([{ queue: "a", body: envelope("1", LARGE) }]);
    state.away = true;
    const [outcome] = await claiming.publish([{ queue: "a", body: envelope("2", LARGE) }]);
    assertEquals(outcome?.kind, "unknown");
    const told = nextLine("cannot be given its payload");
    const taking = take(claiming, "a", 1);
    await told;
    assertEquals((await transport.depth("a")).ready + (await transport.depth("a")).delayed, 1);
    state.away = false;
    const [delivery] = await taking;
    assertEquals([delivery && parseEnvelope(delivery.body).id, delivery?.deliveries], ["1", 0]);
  });
});

Deno.test("a payload that is missing is dead, with the reason; without a store nothing is taken for it", async () => {
  await withBench({ queues: QUEUES }, async ({ transport, logger, nextLine }) => {
    const { kept, claims } = keep();
    const claiming = withClaims(transport, { claims, logger, aboveBytes: 1000 });
    await claiming.publish([{ queue: "a", body: envelope("1", LARGE) }]);
    const told = nextLine("cannot be given its payload");
    const poor = withClaims(transport, { claims: undefined, logger }).consume("a", { inFlight: 1 });
    const waiting = poor[Symbol.asyncIterator]().next();
    assertEquals(JSON.stringify(await told).includes("--store"), true);
    await poor.stop();
    assertEquals((await waiting).done, true);
    kept.clear();
    const dead = gate<Uint8Array>();
    const consumer = claiming.consume("a", { inFlight: 1 });
    const none = consumer[Symbol.asyncIterator]().next();
    take(transport, "x-sump", 1).then(([delivery]) => delivery && dead.open(delivery.body));
    const text = new TextDecoder().decode(await dead.opened);
    assert(text.includes("troupe.ClaimMissing"), text.slice(0, 300));
    await consumer.stop();
    assertEquals((await none).done, true);
  });
});
