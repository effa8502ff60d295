// What asynchronous handlers may be and do, in the test kit; in components: cli/build/js/promises_test.ts.

import { assertEquals, assertRejects } from "@std/assert";
import { NotJsonError } from "./json.ts";
import { mesh } from "./mesh.ts";
import { run, runAsync } from "./testing.ts";
import { type AsyncSteps, fly, get, set, type Steps } from "./verbs.ts";

const later = async <T>(value: T): Promise<T> => {
  await new Promise((resolve) => setTimeout(resolve, 1));
  return value;
};

Deno.test("an async generator does its steps, before and after what it awaits", async () => {
  async function* handle(n: number): AsyncSteps<number, number> {
    const lang = yield* get<string>(".headers.lang");
    yield set(".headers.lang", `${lang}-${await later("x")}`);
    yield n;
    yield fly(await later("event"));
    return n + 1;
  }
  const hop = await runAsync(handle, 1, { headers: { lang: "en" } });
  assertEquals(hop.payloads, [1, 2]);
  assertEquals(hop.emits.map(({ headers }) => headers.lang), ["en-x", "en-x"]);
  assertEquals(hop.flies, ["event"]);
});

Deno.test("a refused call is thrown where it was yielded", async () => {
  async function* handle(): AsyncSteps {
    try {
      yield set(".status", await later(1));
    } catch (error) {
      yield (error as Error).name;
    }
  }
  assertEquals((await runAsync(handle, null)).payloads, ["troupe.AccessError"]);
});

Deno.test("the mesh can be called after something was awaited; a failure emits nothing", async () => {
  async function handle(fails: boolean): Promise<void> {
    mesh.emit(await later(1));
    if (fails) throw new SyntaxError("no");
  }
  assertEquals((await runAsync(handle, false)).payloads, [1]);
  const { payloads, failure } = await runAsync(handle, true);
  assertEquals([payloads, failure?.kind], [[], "SyntaxError"]);
});

Deno.test("handlers that are not asynchronous may be run so too", async () => {
  function* steps(n: number): Steps<number> {
    yield n;
  }
  assertEquals((await runAsync(steps, 1)).payloads, [1]);
  assertEquals((await runAsync((n: number) => n, 2)).payloads, [2]);
  await assertRejects(() => runAsync(() => 1, 1n), NotJsonError);
});

Deno.test("several at once do not see each other", async () => {
  const handle = async (n: number) => {
    await later(null);
    return [n, mesh.get(".id")];
  };
  const hops = await Promise.all([1, 2, 3].map((n) => runAsync(handle, n, { id: `${n}` })));
  assertEquals(hops.map(({ payloads }) => payloads), [[[1, "1"]], [[2, "2"]], [[3, "3"]]]);
});

Deno.test("a verb that was made and not yielded fails the hop", async () => {
  const { failure } = await runAsync(async () => void set(".headers.a", await later(1)), null);
  assertEquals(failure?.kind, "NotYieldedError");
});

Deno.test("an async handler that is run without waiting is told how to be", () => {
  const { failure } = run(async () => await later(1), null);
  assertEquals([failure?.kind, failure?.message.includes("runAsync")], ["AwaitError", true]);
});
