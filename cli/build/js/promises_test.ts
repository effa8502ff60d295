// Handlers that wait: in a component, in its sandbox.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { hops, testActor } from "../_testing.ts";
import { buildActor } from "../mod.ts";

/** What was emitted, each with its headers; or type and message of a failure. */
type Outcome = Record<string, unknown>[] | [type: string, message: string];

/** Builds an actor and runs it on payloads. */
async function outcomes(
  files: Readonly<Record<string, string>>,
  payloads: readonly unknown[],
): Promise<Outcome[]> {
  await using actor = await testActor(files);
  await buildActor(actor.spec, { check: true });
  assertEquals((await buildActor(actor.spec, { check: true })).built, false);
  const results = await hops(actor, payloads);
  return results.map((result) =>
    result.ok
      ? result.emits.map(({ payload, headers }) => ({ payload: JSON.parse(payload), ...headers }))
      : [result.failure.type, result.failure.message]
  );
}

Deno.test("an async handler: reactions are run to the end, in order, and errors are its failure", async () => {
  const source = `
import { mesh } from "@troupe/sdk";

class Declined extends Error {}
const later = async (n: number): Promise<number> => {
  for (let turn = 0; turn < n; turn++) await null;
  return n;
};

export async function handle(what: string): Promise<unknown> {
  if (what === "reject") throw new Declined("no");
  if (what === "never") await new Promise(() => {});
  if (what === "refused") await later(3).then(() => mesh.set(".status", 1));
  if (what === "forgotten") later(3).then((n) => mesh.emit(n));
  if (what === "task") queueMicrotask(() => { throw new Declined("of a task"); });
  const order: number[] = [];
  await Promise.all([3, 1, 2].map((n) => later(n).then(() => order.push(n))));
  const settled = await Promise.allSettled([later(1), Promise.reject(new Declined("caught"))]);
  return [order, await Promise.race([later(9), later(2)]), settled.map(({ status }) => status)];
}
`;
  const good = [[1, 2, 3], 2, ["fulfilled", "rejected"]];
  const [all, forgotten, reject, never, refused, task, again] = await outcomes({ "actor.ts": source }, [
    "all",
    "forgotten",
    "reject",
    "never",
    "refused",
    "task",
    "all",
  ]);
  assertEquals(all, [{ payload: good }]);
  // Nobody waits for it; it comes all the same before the hop is over.
  assertEquals(forgotten, [{ payload: 3 }, { payload: good }]);
  assertEquals(reject, ["Declined", "no"]);
  assertEquals(never?.[0], "AwaitError");
  assertStringIncludes(String(never?.[1]), "a promise that nothing settles");
  assertEquals(refused?.[0], "troupe.AccessError");
  assertEquals(task, ["Declined", "of a task"]);
  assertEquals(again, all);
});

Deno.test("an async generator yields verbs and payloads, and timers fire in their order", async () => {
  const source = `
import { type AsyncSteps, get, set } from "@troupe/sdk";
import { sleep } from "@troupe/sdk/sleep";

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export async function* handle(delays: number[]): AsyncSteps {
  const order: number[] = [];
  await Promise.all(delays.map(async (ms) => {
    await wait(ms);
    order.push(ms);
  }));
  sleep(1);
  yield set(".headers.count", order.length);
  yield order;
  let ticks = 0;
  await new Promise<void>((resolve) => {
    const id = setInterval(() => {
      if (++ticks === 3) {
        clearInterval(id);
        resolve();
      }
    }, 1);
    clearTimeout(setTimeout(() => ticks = 99, 1));
    // Is never due: the hop is over before.
    setTimeout(() => ticks = 99, 60_000);
  });
  yield [ticks, yield* get<number>(".headers.count")];
}
`;
  const results = await outcomes({ "actor.ts": source }, [[20, 5, 10, 0], []]);
  assertEquals(results, [
    [{ payload: [0, 5, 10, 20], count: 4 }, { payload: [3, 4], count: 4 }],
    [{ payload: [], count: 0 }, { payload: [3, 0], count: 0 }],
  ]);
});

Deno.test("plain handlers can sleep, and have no loop for it", async () => {
  const source = `
import { sleep } from "@troupe/sdk/sleep";
export function handle(ms: number) { sleep(ms); return ms; }
`;
  assertEquals(await outcomes({ "actor.ts": source }, [5, -1]), [
    [{ payload: 5 }],
    ["RangeError", "-1 ms is not a time to sleep"],
  ]);
});

Deno.test("promises of a library are run where the actor's own file awaits them", async () => {
  const results = await outcomes({
    "actor.js": `import { theirs } from "./lib.js";\nexport const handle = (n) => theirs(n);\n`,
    "lib.js": `export const theirs = async (n) => { await null; return n + 1; };\n`,
  }, [1]);
  assertEquals(results, [[{ payload: 2 }]]);
});

Deno.test("URL is there for whoever names it, with hosts in any script", async () => {
  const source = `
export function handle(text: string): unknown {
  const url = new URL(text, "https://example.com/a/b");
  url.searchParams.append("k", "ä b");
  return [url.href, url.host, URL.canParse("nope"), new URLSearchParams({ a: "1" }).toString()];
}
`;
  assertEquals(await outcomes({ "actor.ts": source }, ["../c?x#h", "http://münchen.de:80/ü", "http://["]), [
    [{
      payload: ["https://example.com/c?x=&k=%C3%A4+b#h", "example.com", false, "a=1"],
    }],
    [{ payload: ["http://xn--mnchen-3ya.de/%C3%BC?k=%C3%A4+b", "xn--mnchen-3ya.de", false, "a=1"] }],
    ["TypeError", "Invalid URL: http://["],
  ]);
});

Deno.test("a schema parses the payload, zod's own formats for addresses too", async () => {
  const source = `
import { actor } from "@troupe/sdk";
import * as z from "zod/mini";

const Task = z.object({ site: z.url(), tags: z._default(z.array(z.string()), []) });

export const handle = actor(Task, function* ({ site, tags }) {
  yield { site, tags };
});
`;
  assertEquals(await outcomes({ "actor.ts": source }, [{ site: "https://a.example/" }, { site: "nope" }]), [
    [{ payload: { site: "https://a.example/", tags: [] } }],
    ["PayloadError", "the payload does not fit: site: Invalid input"],
  ]);
});
