import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { ComponentStartError } from "./errors.ts";
import {
  envelope,
  isAlive,
  obedientActor,
  order,
  type TestStageOptions,
  told,
  watComponent,
  withStage,
} from "./_testing.ts";

const MIB = 1024 * 1024;
const HANDLES_ONE = `(i32.eq (i32.load8_u (local.get $at)) (i32.const 0x31))`;

/** An actor in WAT that misbehaves when the payload begins with 1, and answers otherwise. */
function misbehaving(
  how: string,
  rest: Partial<Parameters<typeof watComponent>[0]> = {},
): Promise<Uint8Array> {
  return watComponent({
    ...rest,
    handle: `(if ${HANDLES_ONE} (then ${how})) (call $return (local.get $at) (local.get $length))`,
  });
}

/** Runs the misbehaviour between two envelopes that are well, all given at once. */
async function amongOthers(component: Uint8Array, options: TestStageOptions): Promise<string> {
  let type = "";
  await withStage(component, options, async ({ stage, events }) => {
    const [before, bad, ...after] = await Promise.all([
      stage.run(envelope("before", 2)),
      stage.run(envelope("bad", 1)),
      stage.run(envelope("after", 3)),
      stage.run(envelope("last", 4)),
    ]);
    assertEquals([before, ...after].map(told), [[2], [3], [4]]);
    assert(!bad.ok, "it was expected to fail");
    type = bad.failure.type;
    assertEquals(told(await stage.run(envelope("next", 5))), [5]);
    assertEquals(events.filter(({ kind }) => kind === "child-died" || kind === "violation"), []);
  });
  return type;
}

const TABLES = Array.from({ length: 24 }, (_, n) => n);

const CASES: Record<
  string,
  { type: string; how: string; limits?: TestStageOptions["limits"]; fields?: string }
> = {
  "spins": { type: "troupe.Timeout", how: "(loop $again (br $again))", limits: { timeoutMs: 250 } },
  "spins, with less processor time than wall time": {
    type: "troupe.CpuLimit",
    how: "(loop $again (br $again))",
    limits: { cpuMs: 100 },
  },
  "calls without end while it spins": {
    type: "troupe.Timeout",
    how: "(loop $again (call $log (i32.const 1) (i32.const 0) (i32.const 8)) (br $again))",
    limits: { timeoutMs: 250 },
  },
  "makes refused calls without end": {
    type: "troupe.OutputLimit",
    how: "(loop $again (call $emit (i32.const 0) (i32.const 8) (i32.const 64)) (br $again))",
  },
  "traps": { type: "troupe.Trap", how: "unreachable" },
  "divides by zero": { type: "troupe.Trap", how: "(drop (i32.div_u (i32.const 1) (i32.const 0)))" },
  "recurses without end": {
    type: "troupe.Trap",
    how: "(call $forever)",
    fields: "(func $forever (call $forever))",
  },
  "fills its memory": {
    type: "troupe.MemoryLimit",
    how: "(loop $again (br_if $again (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) unreachable",
    limits: { memoryBytes: 4 * MIB },
  },
  "fills tables": {
    type: "troupe.MemoryLimit",
    how: TABLES.map((n) => `(drop (table.grow $t${n} (ref.func $none) (i32.const 9000000)))`).join("\n"),
    fields: TABLES.map((n) => `(table $t${n} 0 funcref)`).join("\n") + "(elem declare func $none)",
    limits: { memoryBytes: 1 * MIB },
  },
  "returns what is no JSON": {
    type: "troupe.BadOutput",
    how: "(return (call $return (i32.const 0) (i32.const 8)))",
  },
  "returns what is no UTF-8": {
    type: "troupe.BadOutput",
    how:
      `(i32.store (i32.const 64) (i32.const 0x22ff22)) (return (call $return (i32.const 64) (i32.const 3)))`,
  },
  "returns a byte order mark": {
    type: "troupe.BadOutput",
    how:
      `(i32.store (i32.const 64) (i32.const 0x31bfbbef)) (return (call $return (i32.const 64) (i32.const 4)))`,
  },
  "returns a text from beyond its memory": {
    type: "troupe.Trap",
    how: "(return (call $return (i32.const 0x7fffff00) (i32.const 64)))",
  },
  "returns a text that is too long": {
    type: "troupe.OutputLimit",
    how: `(memory.fill (i32.const 4096) (i32.const 0x31) (i32.const 2000))
      (return (call $return (i32.const 4096) (i32.const 2000)))`,
    limits: { emittedBytes: 1000 },
  },
  "returns a list of strings that all lie at one place": {
    type: "troupe.OutputLimit",
    // An error whose lineage has 8192 entries, each the same 60 KB.
    how: `
      (loop $again
        (i64.store (i32.add (i32.const 65536) (i32.mul (local.get $n) (i32.const 8))) (i64.const 0xea6000000000))
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_if $again (i32.lt_u (local.get $n) (i32.const 8192))))
      (memory.fill (i32.const 16) (i32.const 0) (i32.const 64))
      (i32.store (i32.const 16) (i32.const 1))
      (i32.store (i32.const 28) (i32.const 65536))
      (i32.store (i32.const 32) (i32.const 8192))
      (return (i32.const 16))`,
  },
};

for (const [what, { type, how, limits = {}, fields = "" }] of Object.entries(CASES)) {
  Deno.test({
    name: `an actor that ${what}: ${type}, and the others are served`,
    // What a process has resident can only be read there.
    ignore: what === "fills tables" && Deno.build.os !== "linux",
    async fn() {
      const component = await misbehaving(how, { fields });
      assertEquals(await amongOthers(component, { limits }), type);
    },
  });
}

Deno.test("several memories together: troupe.MemoryLimit", async () => {
  const component = await misbehaving(
    `(loop $again (br_if $again (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
     (loop $again (br_if $again (i32.ne (call $grow) (i32.const -1))))
     (return (call $none))`,
    {
      imports: `(import "more" "grow" (func $grow (result i32)))`,
      more: `(memory (export "second") 1) (func (export "grow") (result i32) (memory.grow (i32.const 1)))`,
    },
  );
  assertEquals(await amongOthers(component, { limits: { memoryBytes: 4 * MIB } }), "troupe.MemoryLimit");
});

Deno.test("a JavaScript actor: spin, memory, recursion", async () => {
  const limits = { timeoutMs: 300, memoryBytes: 16 * MIB };
  await withStage(await obedientActor(), { limits }, async ({ stage }) => {
    const results = await Promise.all([
      stage.run(order("1", ["spin"])),
      stage.run(order("2", ["count"])),
      stage.run(order("3", ["grow"])),
      stage.run(order("4", ["recurse"])),
      stage.run(order("5", ["count"])),
    ]);
    assertEquals([told(results[0]), told(results[1]), told(results[4])], ["troupe.Timeout", [[1]], [[1]]]);
    // QuickJS finds out by itself, and throws; which of both is up to it.
    for (const index of [2, 3]) {
      const result = results[index];
      assert(result && !result.ok);
      assertMatch(result.failure.type, /^troupe\.(Trap|MemoryLimit|Timeout)$/);
    }
  });
});

Deno.test("emits: more than limits.emits, or more bytes than limits.emittedBytes", async () => {
  const limits = { emits: 10, emittedBytes: 2000 };
  await withStage(await obedientActor(), { limits }, async ({ stage }) => {
    const run = async (...steps: [string, ...unknown[]][]) => told(await stage.run(order("1", ...steps)));
    assertEquals(await run(["emitMany", 9, 1]), [...Array(9).fill(1), [null]]);
    assertEquals(await run(["emitMany", 10, 1]), "troupe.OutputLimit");
    assertEquals(await run(["emitMany", 100_000, 1]), "troupe.OutputLimit");
    assertEquals(await run(["emitMany", 3, "x".repeat(900)]), "troupe.OutputLimit");
    assertEquals(await run(["caught", "emitMany", 11, 1], ["returnText", undefined]), Array(10).fill(1));
    assertEquals(await run(["returnText", `"${"é".repeat(999)}"`]), ["é".repeat(999)]);
    assertEquals(await run(["returnText", `"${"é".repeat(1000)}"`]), "troupe.OutputLimit");
  });
});

Deno.test("as many emits as a spec allows are taken", async () => {
  await withStage(await obedientActor(), { limits: { emits: 60_000 } }, async ({ stage }) => {
    const result = await stage.run(order("1", ["emitMany", 59_999, 1]));
    assertEquals(result.ok ? result.emits.length : result.failure, 60_000);
  });
});

Deno.test("an actor whose refused calls have much in them is stopped after few of them", async () => {
  const component = await watComponent({
    handle: `
      (memory.fill (i32.const 4096) (i32.const 0x78) (i32.const 100000))
      (loop $again
        (call $log (i32.const 1) (i32.const 4096) (i32.const 1))
        (call $emit (i32.const 4096) (i32.const 100000) (i32.const 512))
        (br $again))
      (unreachable)`,
  });
  await withStage(component, { limits: { emittedBytes: 200_000 } }, async ({ stage, events, logs }) => {
    const result = await stage.run(envelope("1", 1));
    assert(!result.ok);
    assertEquals(result.failure.type, "troupe.OutputLimit");
    assertMatch(result.failure.message, /refused calls/);
    assert(logs.length < 100, `${logs.length} calls`);
    assertEquals(events.filter(({ kind }) => kind !== "child-started"), []);
  });
});

Deno.test("edits and events without end are refused", async () => {
  await withStage(await obedientActor(), { limits: { emits: 3 } }, async ({ stage, flies }) => {
    const run = async (...steps: [string, ...unknown[]][]) => told(await stage.run(order("1", ...steps)));
    const header = (n: number): [string, ...unknown[]] => ["setLong", `.headers.h${n}`, 400_000];
    assertEquals(await run(header(1), header(2), header(3)), "troupe.OutputLimit");
    assertEquals(await run(["delMany", 5000, ".headers.a"]), "troupe.OutputLimit");
    assertEquals(await run(["fly", 1], ["fly", 2], ["fly", 3], ["fly", 4]), "troupe.OutputLimit");
    assertEquals(flies.length, 3);
    assertEquals(await run(["fly", "x".repeat(70_000)]), "troupe.OutputLimit");
  });
});

Deno.test("log lines over limits.logBytes are dropped and counted", async () => {
  await withStage(await obedientActor(), { limits: { logBytes: 1000 } }, async ({ stage, logs }) => {
    const result = await stage.run(
      order("1", ["logMany", 1000, "0123456789".repeat(10)], ["log", "warn", "x"]),
    );
    assertEquals(told(result), [[null, null]]);
    // Nine lines of 100 bytes and their newlines; after the first that does not fit, none is kept.
    assertEquals(logs.length, 10);
    assertEquals(logs.at(-1), {
      envelopeId: "1",
      level: "warn",
      message: "99101 bytes of log were dropped: more than 1000 (limits.logBytes)",
    });
    // The next hop has its own allowance.
    await stage.run(order("2", ["log", "info", "again"]));
    assertEquals(logs.at(-1), { envelopeId: "2", level: "info", message: "again" });
  });
});

Deno.test("a long log line is cut", async () => {
  await withStage(await obedientActor(), {}, async ({ stage, logs }) => {
    await stage.run(order("1", ["log", "info", "x".repeat(10_000)]));
    assertEquals(logs.map(({ message }) => message.length < 100 ? message : message.length), [
      8192,
      `${10_000 - 8192} bytes of log were dropped: more than 65536 (limits.logBytes)`,
    ]);
  });
});

Deno.test("a component that spins when it is instantiated is refused in time, and leaves no process", async () => {
  const component = await watComponent({
    handle: "(call $none)",
    fields: "(func $spin (loop $again (br $again))) (start $spin)",
  });
  await assertRejects(
    () => withStage(component, { limits: { timeoutMs: 250 } }, () => Promise.resolve()),
    ComponentStartError,
    "more than 5000 ms to start",
  );
});

Deno.test("a component that traps when it is instantiated is refused with the reason", async () => {
  const component = await watComponent({
    handle: "(call $none)",
    fields: "(func $trap unreachable) (start $trap)",
  });
  await assertRejects(
    () => withStage(component, {}, () => Promise.resolve()),
    ComponentStartError,
    "unreachable",
  );
});

Deno.test("the process of an actor that spins is gone when its time is over", async () => {
  const component = await misbehaving("(loop $again (br $again))");
  await withStage(component, { limits: { timeoutMs: 250 } }, async ({ stage, events }) => {
    const [pid] = stage.pids();
    assertEquals(told(await stage.run(envelope("1", 1))), "troupe.Timeout");
    assertEquals(told(await stage.run(envelope("2", 2))), [2]);
    assert(pid !== undefined && !stage.pids().includes(pid) || !isAlive(pid as number));
    assertEquals(events.filter(({ kind }) => kind === "child-killed").length, 1);
  });
});
