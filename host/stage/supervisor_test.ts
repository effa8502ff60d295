import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { CAN_BOUND_MEMORY } from "../sandbox/spawn.ts";
import { envelope, obedientActor, order, prepared, told, watComponent, withStage } from "./_testing.ts";

const ECHO = { handle: "(call $return (local.get $at) (local.get $length))" };

Deno.test("a payload goes in and comes out, byte by byte", async () => {
  await withStage(await watComponent(ECHO), {}, async ({ stage, events }) => {
    const text = '{ "n": 9007199254740993, "z": -0, "s": "\\u00e9 é 漢 😀", "a": 1, "a": 2 }';
    const result = await stage.run({ ...envelope("1", null), payload: text });
    assert(result.ok);
    assertEquals(result.emits.map(({ payload, route }) => [payload, route.next]), [[text, ["b", "c"]]]);
    assertEquals(events.map(({ kind }) => kind), ["child-started", "child-started"].slice(0, events.length));
  });
});

Deno.test("an actor that returns nothing emits nothing more", async () => {
  await withStage(await watComponent({ handle: "(call $none)" }), {}, async ({ stage }) => {
    assertEquals(await stage.run(envelope("1", 1)), { ok: true, emits: [] });
  });
});

Deno.test("two hundred envelopes at once each get their own answer", async () => {
  await withStage(await obedientActor(), {}, async ({ stage, events }) => {
    const results = await Promise.all(
      Array.from({ length: 200 }, (_, n) => stage.run(order(`${n}`, ["get", ".id"], ["count"]))),
    );
    // A fresh instance each: every one counts from 1.
    assertEquals(results.map(told), Array.from({ length: 200 }, (_, n) => [[`"${n}"`, 1]]));
    assert(!events.some(({ kind }) => kind === "child-died" || kind === "child-killed"));
  });
});

Deno.test("calls edit the route, and emits take it as it is at that point", async () => {
  await withStage(await obedientActor(), { grants: { route: ["store"] } }, async ({ stage }) => {
    const result = await stage.run(order(
      "1",
      ["emit", "first"],
      ["set", ".route.next[:0]", ["store"]],
      ["set", ".headers.mood", "good"],
      ["get", ".route.next"],
      ["emit", "second"],
      ["del", ".route.next"],
    ));
    assert(result.ok);
    assertEquals(result.emits.map(({ route, headers, payload }) => [route.next, { ...headers }, payload]), [
      [["b", "c"], {}, '"first"'],
      [["store", "b", "c"], { mood: "good" }, '"second"'],
      [[], { mood: "good" }, '[null,null,null,"[\\"store\\",\\"b\\",\\"c\\"]",null,null]'],
    ]);
  });
});

Deno.test("a refused call is an error in the actor; caught, it changes nothing", async () => {
  await withStage(await obedientActor(), {}, async ({ stage }) => {
    const steps: [unknown[], string][] = [
      [["set", ".route.next[:0]", ["store"]], "troupe.RouteDenied"],
      [["set", ".route.curr", "x"], "troupe.AccessError"],
      [["set", ".headers.traceparent", "x"], "troupe.AccessError"],
      [["set", ".route.next[7]", "x"], "troupe.IndexOutOfRange"],
      [["set", "route", "x"], "troupe.BadPath"],
      [["get", "route"], "troupe.BadPath"],
      [["del", ".id"], "troupe.AccessError"],
      [["setText", ".headers.a", "{"], "troupe.BadOutput"],
      [["emitText", "{"], "troupe.BadOutput"],
      [["emitText", "[".repeat(600) + "]".repeat(600)], "troupe.BadOutput"],
    ];
    const caught = steps.map(([step]) => ["caught", ...step] as [string, ...unknown[]]);
    assertEquals(told(await stage.run(order("1", ...caught))), [steps.map(([, code]) => code)]);
    for (const [step, code] of steps) {
      assertEquals(told(await stage.run(order("1", step as [string]))), code);
    }
  });
});

Deno.test("a failure that the actor returns keeps its type, unless that is the platform's", async () => {
  await withStage(await obedientActor(), {}, async ({ stage }) => {
    const failure = {
      kind: "openai.RateLimitError",
      lineage: ["APIError", "troupe.Timeout"],
      message: "slow down",
      traceback: "line 1\nline 2",
      details: '{"after": 3}',
    };
    assertEquals(await stage.run(order("1", ["fail", failure])), {
      ok: false,
      failure: {
        type: "openai.RateLimitError",
        mro: ["APIError", "guest.troupe.Timeout"],
        message: "slow down",
        traceback: "line 1\nline 2",
        details: '{"after": 3}',
      },
    });
    const types = [
      ["troupe.Timeout", "guest.troupe.Timeout"],
      ["troupe.AccessError", "guest.troupe.AccessError"],
      ["troupe.Fatal", "troupe.Fatal"],
      ["troupe.RetryAfter", "troupe.RetryAfter"],
    ];
    for (const [kind, type] of types) {
      assertEquals(told(await stage.run(order("1", ["fail", { kind }]))), type);
    }
    // Refused for one reason, and posing as refused for another.
    const posing = order("1", ["caught", "set", ".id", "x"], ["fail", { kind: "troupe.RouteDenied" }]);
    assertEquals(told(await stage.run(posing)), "guest.troupe.RouteDenied");
  });
});

Deno.test("a long failure is cut, and details that are no JSON are left out", async () => {
  await withStage(await obedientActor(), {}, async ({ stage }) => {
    const failure = {
      kind: "k".repeat(1000),
      lineage: Array.from({ length: 100 }, () => "b".repeat(1000)),
      message: "m".repeat(100_000),
      traceback: "t".repeat(100_000),
      details: "no json",
    };
    const result = await stage.run(order("1", ["fail", failure]));
    assert(!result.ok);
    const { type, mro, message, traceback, details } = result.failure;
    assertEquals([type.length, mro.length, mro[0]?.length, message.length, traceback?.length, details], [
      256,
      32,
      256,
      8 * 1024,
      32 * 1024,
      undefined,
    ]);
  });
});

Deno.test("fresh: nothing of one envelope is seen by the next, and random numbers differ", async () => {
  await withStage(await obedientActor(), { isolation: "fresh" }, async ({ stage }) => {
    for (let n = 0; n < 5; n++) {
      assertEquals(told(await stage.run(order(`${n}`, ["count"], ["count"]))), [[1, 2]]);
    }
  });
});

Deno.test("reuse: one instance serves until a hop fails on it", async () => {
  await withStage(await obedientActor(), { isolation: "reuse" }, async ({ stage }) => {
    assertEquals(told(await stage.run(order("1", ["count"]))), [[1]]);
    assertEquals(told(await stage.run(order("2", ["count"]))), [[2]]);
    assertEquals(told(await stage.run(order("3", ["count"], ["fail", { kind: "E" }]))), "E");
    assertEquals(told(await stage.run(order("4", ["count"]))), [[1]]);
    assertEquals(told(await stage.run(order("5", ["count"], ["trap"]))), "troupe.Trap");
    assertEquals(told(await stage.run(order("6", ["count"]))), [[1]]);
  });
});

Deno.test("an event goes upstream at once, even when the hop fails", async () => {
  await withStage(await obedientActor(), {}, async ({ stage, flies }) => {
    const result = await stage.run(order("7", ["fly", { at: 1 }], ["fly", 2], ["fail", { kind: "E" }]));
    assertEquals(told(result), "E");
    assertEquals(flies, [{ id: "7", event: '{"at":1}' }, { id: "7", event: "2" }]);
  });
});

Deno.test("log lines, stdout and stderr carry the envelope's id", async () => {
  await withStage(await obedientActor(), {}, async ({ stage, logs }) => {
    await Promise.all([
      stage.run(order("1", ["log", "debug", "a"], ["log", "error", "b\nc"])),
      stage.run(order("2", ["trap"])),
    ]);
    assertEquals(logs.slice(0, 2), [
      { envelopeId: "1", level: "debug", message: "a" },
      { envelopeId: "1", level: "error", message: "b\nc" },
    ]);
    // The engine in the guest says on stderr why it gives up.
    const rest = logs.slice(2);
    assert(rest.length > 0);
    for (const { envelopeId, level } of rest) assertEquals([envelopeId, level], ["2", "warn"]);
    assertMatch(rest.map(({ message }) => message).join("\n"), /panicked/);
  });
});

Deno.test("an envelope's pids are those of live processes, the one in use first", async () => {
  await withStage(await watComponent(ECHO), {}, async ({ stage, next }) => {
    const [first] = stage.pids();
    assertEquals(stage.pids().length, 1);
    const spare = next("child-started");
    await stage.run(envelope("1", 1));
    await spare;
    assertEquals(stage.pids().length, 2);
    assertEquals(stage.pids()[0], first);
    assertNotEquals(stage.pids()[1], first);
  });
});

Deno.test("more than a sandbox is given at once, each envelope nearly as large as one can be", async () => {
  const payload = `"${"x".repeat(900_000)}"`;
  await withStage(await obedientActor(), { isolation: "reuse" }, async ({ stage }) => {
    const large = (id: string) => envelope(id, { do: [["get", ".id"]], payload });
    const results = await Promise.all(Array.from({ length: 20 }, (_, n) => stage.run(large(`${n}`))));
    assertEquals(results.map(told), Array.from({ length: 20 }, (_, n) => [[`"${n}"`]]));
  });
});

const LINUX = Deno.build.os === "linux";

Deno.test({
  name: "a component with a huge function runs with the baseline compiler only, and others do not",
  ignore: !LINUX,
  async fn() {
    const component = await prepared(await watComponent(ECHO));
    for (const baselineOnly of [false, true]) {
      await withStage({ ...component, baselineOnly }, {}, async ({ stage }) => {
        const command = await Deno.readTextFile(`/proc/${stage.pids()[0]}/cmdline`);
        assertEquals(command.includes("--liftoff-only"), baselineOnly);
        assertEquals(told(await stage.run(envelope("1", 1))), [1]);
      });
    }
  },
});

Deno.test({
  name: "the kernel bounds what the process of a stage may have",
  ignore: !CAN_BOUND_MEMORY,
  async fn() {
    await withStage(
      await watComponent(ECHO),
      { limits: { memoryBytes: 64 * 1024 * 1024 } },
      async ({ stage }) => {
        const limits = await Deno.readTextFile(`/proc/${stage.pids()[0]}/limits`);
        const bound = Number(/^Max data size\s+(\d+)/m.exec(limits)?.[1]);
        assert(bound > 1024 ** 3 && bound < 4 * 1024 ** 3, limits);
        assertMatch(limits, /^Max core file size\s+0 /m);
      },
    );
  },
});
