// Code that a component has got into its glue, past every check of names: what it finds.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { envelope, type StageUnderTest, told, withStage } from "./_testing.ts";

/** Glue whose `handle` is the body of a function of `payload` and the `imports`. */
function glue(handle: string, { blocking = false } = {}) {
  const source = `
    export function instantiate(getCoreModule, imports) {
      return { handle: (payload) => { ${handle} } };
    }`;
  return {
    digest: "",
    glue: new TextEncoder().encode(source),
    modules: [],
    baselineOnly: false,
    blocking,
    uses: new Set<string>(),
  };
}

async function withGlue(handle: string, use: (test: StageUnderTest) => Promise<void>): Promise<void> {
  await withStage(glue(handle), { limits: { timeoutMs: 2000 } }, use);
}

Deno.test("the global object has the language, and hardly more", async () => {
  const handle = `
    const has = ["Deno", "fetch", "Worker", "WebSocket", "localStorage", "caches", "crypto", "navigator", "Blob", "URL",
      "BroadcastChannel", "performance", "gc", "eval", "self", "window", "global", "Buffer", "prompt", "close"];
    return JSON.stringify([has.filter((name) => globalThis[name] !== undefined), typeof process, typeof new Function("return Deno")]);`;
  await withGlue(handle, async ({ stage }) => {
    assertEquals(told(await stage.run(envelope("1", 1))), [[[], "undefined", "function"]]);
  });
  await withGlue("return new Function('return Deno')();", async ({ stage }) => {
    const result = await stage.run(envelope("1", 1));
    assert(!result.ok);
    assertEquals(result.failure.message, "ReferenceError: Deno is not defined");
  });
});

Deno.test("imports answer to the names that they have, and to no other", async () => {
  const handle = `
    const names = [];
    for (const object of [imports, ...Object.values(imports)]) {
      for (const name of ["constructor", "__proto__", "toString"]) if (object[name] !== undefined) names.push(name);
    }
    return JSON.stringify([names, Object.keys(imports["troupe:actor/mesh"]).sort()]);`;
  await withGlue(handle, async ({ stage }) => {
    assertEquals(told(await stage.run(envelope("1", 1))), [[[], [
      "del",
      "emit",
      "fly",
      "get",
      "log",
      "set",
    ]]]);
  });
});

Deno.test("what it throws is a trap, whatever it is", async () => {
  for (const thrown of ["1", "null", "{ kind: 1 }", "new Error('x')", "Object.create(null)", "Symbol('x')"]) {
    await withGlue(`throw ${thrown};`, async ({ stage }) => {
      assertEquals(told(await stage.run(envelope("1", 1))), "troupe.Trap", thrown);
    });
  }
});

Deno.test("what it leaves behind in one hop does not speak for the next", async () => {
  // Keeps the mesh of the first envelope busy after it has returned: the mesh has no hop then.
  const handle = `
    const mesh = imports["troupe:actor/mesh"];
    if (payload === "1") queueMicrotask(() => { try { mesh.emit('"forged"'); } catch { globalThis.refused = true; } });
    return JSON.stringify([payload, globalThis.refused ?? false]);`;
  await withGlue(handle, async ({ stage, events }) => {
    assertEquals(told(await stage.run(envelope("1", 1))), [["1", false]]);
    assertEquals(told(await stage.run(envelope("2", 2))), [["2", true]]);
    assertEquals(events.filter(({ kind }) => kind === "violation"), []);
  });
});

Deno.test("ending its process after the hop costs a process, and nobody's envelope", async () => {
  const handle = `Promise.reject(new Error("over")); return payload;`;
  await withGlue(handle, async ({ stage, next }) => {
    for (const n of [1, 2, 3]) {
      const died = next("child-died");
      assertEquals(told(await stage.run(envelope(`${n}`, n))), [n]);
      const event = await died;
      assertMatch("reason" in event ? event.reason : "", /ended by itself \(exit code 1\): .*Error: over/);
    }
  });
});

Deno.test("whoever returns while it waits for the host is found out, and nothing of its sandbox serves again", async () => {
  const handle = `
    if (payload === "1") imports["troupe:actor/timers"].sleep(1);
    return Promise.resolve(payload);`;
  await withStage(glue(handle, { blocking: true }), {}, async ({ stage, next }) => {
    const [pid] = stage.pids();
    const violation = next("violation");
    assertEquals(told(await stage.run(envelope("1", 1))), "troupe.StageViolation");
    await violation;
    assertEquals(told(await stage.run(envelope("2", 2))), [2]);
    assert(!stage.pids().includes(pid as number));
  });
});
