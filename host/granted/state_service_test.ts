import { assert, assertEquals, assertRejects } from "@std/assert";
import { envelope, type StageUnderTest, told, withStage } from "../stage/_testing.ts";
import { ServiceUnavailableError } from "../stage/services.ts";
import { decodeMessage, encodeMessage } from "../stage/wire/ask.ts";
import { FrameError } from "../stage/wire/frames.ts";
import { StateUnavailableError } from "../state/errors.ts";
import { openSqliteState } from "../state/sqlite_store.ts";
import type { StateStore } from "../state/store.ts";
import { stateActor } from "./_state_actor_testing.ts";
import { QUESTIONS_PER_HOP, stateService } from "./state_service.ts";

const component = await stateActor();

const HOP = { envelopeId: "1", signal: new AbortController().signal };

type Call = readonly [string, ...unknown[]];

/** A stage with state in memory, in the bucket `b`. */
async function withState(
  use: (
    test: StageUnderTest & { store: StateStore; call: (...calls: Call[]) => Promise<unknown> },
  ) => Promise<void>,
): Promise<void> {
  const store = await openSqliteState({ path: ":memory:" });
  try {
    const state = stateService(() => Promise.resolve(store.bucket("b")));
    await withStage(component, { services: { state } }, async (test) => {
      let n = 0;
      const call = async (...calls: Call[]) => {
        const results = told(await test.stage.run(envelope(`call-${n++}`, calls)));
        return typeof results === "string" ? results : results[0];
      };
      await use({ ...test, store, call });
    });
  } finally {
    await store.close();
  }
}

Deno.test("every call of state does in the store what the contract says", async () => {
  await withState(async ({ call, store }) => {
    assertEquals(await call(["get", "k"], ["delete", "k"], ["keys", "", null, 10]), [null, false, []]);
    const [first, found] = await call(["set", "k", "one"], ["get", "k"]) as [string, unknown];
    assertEquals(found, ["one", first]);
    const [lost, second, again] = await call(
      ["swap", "k", null, "two"],
      ["swap", "k", first, "two"],
      ["swap", "k", first, "three"],
    ) as (string | null)[];
    assert(second);
    assertEquals([lost, again], [null, null]);
    assertEquals(await call(["get", "k"], ["swap", "new", null, ""], ["keys", "k", null, 10]), [
      ["two", second],
      String(BigInt(second) + 1n),
      ["k"],
    ]);
    assertEquals(await call(["add", "n", "-5"], ["add", "n", "12"], ["delete", "k"]), ["-5", "7", true]);
    assertEquals(await store.bucket("b").keys(""), ["n", "new"]);
  });
});

Deno.test("keys come as they are, and a thousand of the longest in one answer", async () => {
  await withState(async ({ call, store }) => {
    const bucket = store.bucket("b");
    const keys = Array.from(
      { length: 1000 },
      (_, n) => `${n}`.padStart(4, "0") + "\0".repeat(500) + "ä\ufeff",
    );
    await Promise.all(keys.map((key) => bucket.set(key, new Uint8Array())));
    const all = await call(["keys", "", null, 1000]) as string[][];
    assertEquals(all[0], keys);
    assertEquals(await call(["keys", "", keys[997], 1000], ["keys", "01", keys[100], 1]), [
      keys.slice(998),
      keys.slice(101, 102),
    ]);
  });
});

Deno.test("what cannot be is refused, and the hop goes on", async () => {
  await withState(async ({ call, events }) => {
    const bad = "troupe.BadStateRequest";
    const refused = await call(
      ["get", ""],
      ["longKey", 513],
      ["longKey", 5_000_000],
      ["set", "k", "", "0"],
      ["set", "k", "", "9007199254740991"],
      ["keys", "", null, 0],
      ["keys", "", null, 4_294_967_295],
      ["setLong", "k", 1024 * 1024 + 1],
      ["setLong", "k", 3 * 1024 * 1024],
      ["set", "k", "text"],
      ["add", "k", "1"],
    ) as { code?: string }[];
    assertEquals(refused.map((each) => each?.code ?? "done"), [
      ...Array(7).fill(bad),
      "troupe.StateTooLarge",
      "troupe.StateTooLarge",
      "done",
      "troupe.NotACounter",
    ]);
    assertEquals(events.filter(({ kind }) => kind !== "child-started"), []);
  });
});

Deno.test("a value as large as may be goes there and back", async () => {
  await withState(async ({ call, store }) => {
    await call(["setLong", "k", 1024 * 1024]);
    assertEquals((await store.bucket("b").get("k"))?.value.length, 1024 * 1024);
  });
});

Deno.test("what was written stays when the hop fails, and envelopes at once count exactly", async () => {
  await withState(async ({ stage, call }) => {
    assertEquals(await call(["add", "n", "1"], ["fail"]), "Failed");
    const runs = Array.from(
      { length: 50 },
      (_, n) => stage.run(envelope(`${n}`, [["addMany", "n", 10], ["add", `own-${n}`, "1"]])),
    );
    for (const result of await Promise.all(runs)) assertEquals(told(result), [[null, "1"]]);
    assertEquals(await call(["add", "n", "0"]), ["501"]);
  });
});

Deno.test("a store that is away, or cannot be opened, gives the envelope back", async () => {
  const away = new StateUnavailableError("redis://h:1/0", { problem: "it is down", undone: true });
  const state = stateService(() => Promise.reject(away));
  await withStage(component, { services: { state } }, async ({ stage }) => {
    await assertRejects(
      () => stage.run(envelope("1", [["get", "k"]])),
      ServiceUnavailableError,
      "redis://h:1/0 does not answer: it is down",
    );
    assertEquals(told(await stage.run(envelope("2", []))), [[]]);
  });
});

Deno.test("numbers have 64 bits", async () => {
  const store = await openSqliteState({ path: ":memory:" });
  const hop = stateService(() => Promise.resolve(store.bucket("b"))).begin(HOP);
  const ask = async (head: object) => decodeMessage(await hop.ask(encodeMessage(head))).head;
  const add = (delta: string) => ask({ verb: "add", key: "n", delta });
  assertEquals(await add("9223372036854775807"), { number: "9223372036854775807" });
  assertEquals(await add("-1"), { number: "9223372036854775806" });
  assert(JSON.stringify(await add("2")).includes("troupe.CounterRange"));
  assert(JSON.stringify(await add("9223372036854775808")).includes("troupe.BadStateRequest"));
  const swap = { verb: "swap", key: "n", expected: "18446744073709551615", ttl: "18446744073709551615" };
  assert(JSON.stringify(await ask(swap)).includes("troupe.BadStateRequest"));
  await store.close();
});

Deno.test("a question that no guest's call makes is none", async () => {
  const store = await openSqliteState({ path: ":memory:" });
  const hop = stateService(() => Promise.resolve(store.bucket("b"))).begin(HOP);
  const bad: unknown[] = [
    {},
    [],
    null,
    { verb: "drop", key: "k" },
    { verb: "get" },
    { verb: "get", key: 7 },
    { verb: "get", key: "k", bucket: "other" },
    { verb: "set", key: "k", ttl: 5 },
    { verb: "swap", key: "k", expected: "-1" },
    { verb: "add", key: "k", delta: "1.5" },
    { verb: "keys", prefix: "", limit: "10" },
  ];
  for (const head of bad) await assertRejects(() => hop.ask(encodeMessage(head)), FrameError);
  await assertRejects(() => hop.ask(Uint8Array.of(0, 0, 0, 9, 1)), FrameError);
  await store.close();
});

Deno.test("a hop has so many calls of state, and no more", async () => {
  await withState(async ({ store }) => {
    const hop = stateService(() => Promise.resolve(store.bucket("b"))).begin(HOP);
    const ask = async () => new TextDecoder().decode(await hop.ask(encodeMessage({ verb: "get", key: "k" })));
    for (let n = 0; n < QUESTIONS_PER_HOP; n++) await ask();
    assert((await ask()).includes("troupe.StateCalls"));
  });
});
