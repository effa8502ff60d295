import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { resultRecord } from "@troupe/host/crew/records";
import { openSqliteStore } from "@troupe/host/crew/sqlite_store";
import type { Store } from "@troupe/host/crew/store";
import { Trees } from "./trees.ts";

async function withStore(test: (store: Store) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "troupe_trees_" });
  const store = await openSqliteStore({ path: join(folder, "results.db") });
  try {
    await test(store);
  } finally {
    await store.close();
    await Deno.remove(folder, { recursive: true });
  }
}

/** A mesh that is busy until it is told otherwise. */
function meshOf(store: Store) {
  const state = { idle: false };
  return { state, mesh: { store, idleLooks: 1, isIdle: () => Promise.resolve(state.idle) } };
}

/** One of two slices of a fan-out of "root". */
async function record(store: Store, i: number): Promise<void> {
  const headers = { "x-troupe-root": "root", "x-troupe-fan": [{ g: "g", run: "r", i, n: 2 }] };
  const envelope = {
    id: `slice-${i}`,
    route: { prev: ["split"], curr: "", next: [] },
    headers,
    status: { phase: "succeeded" },
    payload: i,
  };
  await store.recordResults([resultRecord(new TextEncoder().encode(JSON.stringify(envelope)), 0)]);
}

const never = new AbortController().signal;

Deno.test("it waits for every slice", () =>
  withStore(async (store) => {
    const trees = new Trees();
    const { mesh } = meshOf(store);
    const waiting = trees.ends("root", { mesh, signal: never });
    for (const i of [0, 1]) {
      await record(store, i);
      trees.ended("root");
    }
    const ends = await waiting;
    assertEquals([ends?.complete, ends?.results.map(({ payload }) => payload)], [true, ["0", "1"]]);
  }));

Deno.test("when the mesh has nothing left to do, what is missing is lost, and is not waited for", () =>
  withStore(async (store) => {
    const { mesh, state } = meshOf(store);
    await record(store, 1);
    state.idle = true;
    const ends = await new Trees().ends("root", { mesh, signal: never });
    assertEquals([ends?.complete, ends?.results.length], [false, 1]);
  }));

Deno.test("a signal ends the waiting", () =>
  withStore(async (store) => {
    const { mesh } = meshOf(store);
    const interruption = new AbortController();
    const waiting = new Trees().ends("root", { mesh, signal: interruption.signal });
    interruption.abort();
    assertEquals(await waiting, undefined);
  }));

Deno.test("a mesh that cannot be looked at is an error", () =>
  withStore(async (store) => {
    const mesh = { store, idleLooks: 1, isIdle: () => Promise.reject(new RangeError("closed")) };
    await assertRejects(() => new Trees().ends("root", { mesh, signal: never }), RangeError);
  }));
