/**
 * What the dead letters of every store have to keep, as tests. Each technology plugs itself in with one call, on the real
 * thing.
 *
 * @module
 */

import { type StoreHarness, testsOn } from "./_store_harness_testing.ts";
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { replayId } from "../lineage.ts";
import type { Letter, ReplayRequest } from "./letters.ts";
import type { DeadRecord, ResultRecord, Store } from "./store.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const text = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes);

function failed(id: string, more: Partial<ResultRecord> = {}): ResultRecord {
  return {
    id,
    root: id,
    phase: "failed",
    reason: "",
    actor: "b",
    route: '{"prev":["a"],"curr":"b","next":[]}',
    headers: "{}",
    status: "{}",
    payload: '{ "n": -0 }',
    error: '{"type":"pkg.ValueError","message":"no","component":"c0de"}',
    replay: 0,
    arrivedAt: 10,
    ...more,
  };
}

const succeeded = (id: string, more: Partial<ResultRecord> = {}) =>
  failed(id, { phase: "succeeded", error: "", ...more });

function dead(id: string, more: Partial<DeadRecord> = {}): DeadRecord {
  return {
    key: `${id}/1/0`,
    id,
    root: id,
    queue: "q",
    actor: "a",
    reason: "troupe.TooLarge",
    message: "m",
    error: "",
    component: "",
    body: utf8(`{"id":"${id}","route":{"prev":["a"],"curr":"q","next":[]},"x":1,"payload":{ "secret": 1 }}`),
    diedAt: 20,
    ...more,
  };
}

const AS_IT_WAS = { how: "{}", keepsId: true, again: false, now: 100 };
const CHANGED = { how: '{"route":["z"]}', keepsId: false, again: false, now: 100 };

async function keys(store: Store, filter: Parameters<Store["letters"]["list"]>[0] = {}): Promise<string[]> {
  return (await store.letters.list(filter)).items.map(({ key }) => key);
}

async function state(store: Store, key: string): Promise<Letter["state"] | undefined> {
  return (await store.letters.letter(key))?.state;
}

async function allot(
  store: Store,
  request: ReplayRequest,
): Promise<[verdict: string, n?: number, as?: string]> {
  const allotment = await store.letters.allot(request);
  return "replay" in allotment
    ? [allotment.verdict, allotment.replay.n, allotment.replay.as]
    : [allotment.verdict];
}
/** Runs the tests of dead letters. @param start Makes a database that is empty. */
export function testLetters(name: string, start: () => Promise<StoreHarness>): void {
  const test = testsOn(name, start);

  test("both ends are in one listing, with why; what succeeded is not", async (store) => {
    await store.recordResults([failed("1"), succeeded("2")]);
    await store.recordDead([dead("3", { component: "beef" })]);
    const { items } = await store.letters.list();
    assertEquals(
      items.map(({ key, kind, type, message, component, queue, at, state }) => ({
        key,
        kind,
        type,
        message,
        component,
        queue,
        at,
        state,
      })),
      [
        {
          key: "1/x-sink/0",
          kind: "failed",
          type: "pkg.ValueError",
          message: "no",
          component: "c0de",
          queue: "b",
          at: 10,
          state: "open",
        },
        {
          key: "3/1/0",
          kind: "dead",
          type: "troupe.TooLarge",
          message: "m",
          component: "beef",
          queue: "q",
          at: 20,
          state: "open",
        },
      ],
    );
    assertEquals((await store.dead()).items[0]?.component, "beef");
  });

  test("letters are found by id, root, actor, type and time, page by page", async (store) => {
    await store.recordResults([
      failed("1"),
      failed("2", { root: "r", error: '{"type":"KeyError","message":""}' }),
    ]);
    await store.recordDead([dead("3"), dead("4", { actor: "b", diedAt: 30 })]);
    assertEquals(await keys(store, { id: "3" }), ["3/1/0"]);
    assertEquals(await keys(store, { root: "r" }), ["2/x-sink/0"]);
    assertEquals(await keys(store, { actor: "b" }), ["1/x-sink/0", "2/x-sink/0", "4/1/0"]);
    // With a dot the whole name counts, without one its last part.
    assertEquals(await keys(store, { type: "ValueError" }), ["1/x-sink/0"]);
    assertEquals(await keys(store, { type: "pkg.ValueError" }), ["1/x-sink/0"]);
    assertEquals(await keys(store, { type: "other.ValueError" }), []);
    assertEquals(await keys(store, { type: "Error" }), []);
    assertEquals(await keys(store, { type: "KeyError" }), ["2/x-sink/0"]);
    assertEquals(await keys(store, { since: 20, until: 30 }), ["3/1/0"]);
    const first = await store.letters.list({ limit: 3 });
    assertEquals([first.items.length, first.next === undefined], [3, false]);
    assertEquals(await keys(store, { limit: 3, after: first.next as number }), ["4/1/0"]);
    const { count, last } = await store.letters.count({ actor: "b" });
    await store.recordDead([dead("5", { actor: "b" })]);
    assertEquals([count, (await keys(store, { actor: "b", upTo: last })).length], [3, 3]);
  });

  test("the body of a letter is what died: bytes of x-sump, or the parts of a failed result to the letter", async (store) => {
    const body = Uint8Array.of(0, 255);
    await store.recordDead([dead("", { key: "q/sha/1", body })]);
    const headers = '{"h":"\u2028"}';
    await store.recordResults([failed("1", { parentId: "0", headers, extra: '"x-y": 1e400' })]);
    assertEquals(await store.letters.body("q/sha/1"), body);
    assertEquals(
      text(await store.letters.body("1/x-sink/0")),
      `{"id":"1","parent_id":"0","route":{"prev":["a"],"curr":"b","next":[]},"headers":${headers},"x-y": 1e400,` +
        `"payload":{ "n": -0 }}`,
    );
    assertEquals(await store.letters.body("nobody"), undefined);
  });

  test("a replay gets its number once: asked for again it is the same, until it is known to be sent", async (store) => {
    await store.recordDead([dead("3")]);
    const request = { ...AS_IT_WAS, key: "3/1/0" };
    assertEquals(await allot(store, request), ["send", 1, "3"]);
    assertEquals(await state(store, "3/1/0"), "replayed");
    // Whoever asked was lost before it could be sent.
    assertEquals(await keys(store, { state: "open" }), []);
    assertEquals(await keys(store, { state: "open", orUnsent: true }), ["3/1/0"]);
    assertEquals(await allot(store, { ...request, again: true }), ["send", 1, "3"]);
    const [replay] = await store.letters.replays("3");
    assert(replay && replay.sentAt === undefined);
    await store.letters.sent(replay, 200);
    assertEquals((await store.letters.replays("3"))[0]?.sentAt, 200);
    assertEquals(await keys(store, { state: "open", orUnsent: true }), []);
    assertEquals(await allot(store, request), ["done", 1, "3"]);
    assertEquals(await allot(store, { ...CHANGED, key: "3/1/0" }), ["other", 1, "3"]);
    assertEquals(await allot(store, { ...CHANGED, key: "3/1/0", again: true }), [
      "send",
      2,
      await replayId("3", 2),
    ]);
    assertEquals(await allot(store, { ...request, again: true }), ["send", 3, "3"]);
    assertEquals(await allot(store, { ...request, key: "nobody" }), ["gone"]);
  });

  test("a replay that died is a letter of its own, and its replay has a higher number", async (store) => {
    await store.recordDead([dead("3")]);
    await store.letters.allot({ ...AS_IT_WAS, key: "3/1/0" });
    await store.recordDead([dead("3", { key: "3/1/1" })]);
    assertEquals([await state(store, "3/1/0"), await state(store, "3/1/1")], ["replayed", "open"]);
    assertEquals(await allot(store, { ...AS_IT_WAS, key: "3/1/1" }), ["send", 2, "3"]);
    // A number that came from elsewhere is not given a second time either.
    await store.recordDead([dead("8", { key: "8/1/7" })]);
    assertEquals(await allot(store, { ...AS_IT_WAS, key: "8/1/7" }), ["send", 8, "8"]);
  });

  test("one replay under the own id is the replay of every letter of that id", async (store) => {
    await store.recordDead([dead("3"), dead("3", { key: "3/2/0" })]);
    assertEquals(await allot(store, { ...AS_IT_WAS, key: "3/2/0" }), ["send", 1, "3"]);
    assertEquals(await keys(store, { state: "open" }), []);
    await store.letters.sent((await store.letters.replays("3"))[0] as never, 200);
    assertEquals(await allot(store, { ...AS_IT_WAS, key: "3/1/0" }), ["done", 1, "3"]);
  });

  test("what succeeds resolves its letters, and those that it is a replay of, over any number of steps", async (store) => {
    await store.recordDead([dead("3"), dead("4")]);
    const first = await store.letters.allot({ ...CHANGED, key: "3/1/0" });
    assert("replay" in first);
    await store.recordDead([dead(first.replay.as, { key: "second" })]);
    await store.letters.allot({ ...AS_IT_WAS, key: "second" });
    await store.recordDead([dead(first.replay.as, { key: "third" })]);
    const third = await store.letters.allot({ ...CHANGED, key: "third" });
    assert("replay" in third);
    assertNotEquals(third.replay.as, first.replay.as);
    await store.recordResults([succeeded(third.replay.as)]);
    for (const key of ["3/1/0", "second", "third"]) assertEquals(await state(store, key), "resolved", key);
    assertEquals(await state(store, "4/1/0"), "open");
    assertEquals(await allot(store, { ...AS_IT_WAS, key: "third" }), ["resolved"]);
    // What died of an envelope that has succeeded, in another run of the same hop, is no longer anybody's business.
    await store.recordDead([dead(third.replay.as, { key: "late" })]);
    assertEquals(await state(store, "late"), "resolved");
  });

  test("the result of a replay replaces a failed one, which resolves it; a replay never competes with success", async (store) => {
    await store.recordResults([failed("1")]);
    assertEquals(await allot(store, { ...AS_IT_WAS, key: "1/x-sink/0" }), ["send", 1, "1"]);
    assertEquals(await store.recordResults([failed("1", { replay: 1 })]), ["replaced"]);
    assertEquals(await keys(store, { state: "open" }), ["1/x-sink/1"]);
    // It was sent, as its result is there, though nobody could note that: it is not sent again.
    assertEquals(await allot(store, { ...AS_IT_WAS, key: "1/x-sink/0" }), ["done", 1, "1"]);
    assertEquals(await allot(store, { ...CHANGED, again: true, key: "1/x-sink/0" }), ["gone"]);
    assertEquals(await allot(store, { ...AS_IT_WAS, key: "1/x-sink/1" }), ["send", 2, "1"]);
    assertEquals(await store.recordResults([succeeded("1", { replay: 2 })]), ["replaced"]);
    assertEquals([await state(store, "1/x-sink/0"), await state(store, "1/x-sink/1")], [
      "resolved",
      "resolved",
    ]);
    assertEquals(await allot(store, { ...AS_IT_WAS, again: true, key: "1/x-sink/1" }), ["resolved"]);
  });

  test("what is dropped stays known, with the reason; its payload goes only when that is asked for", async (store) => {
    await store.recordDead([dead("3"), dead("", { key: "none", id: "", body: utf8("secret") })]);
    await store.recordResults([failed("1", { extra: '"x":1' })]);
    await store.recordHops([{
      id: "3",
      root: "3",
      actor: "a",
      hop: 0,
      attempt: 1,
      startedAt: 1,
      finishedAt: 2,
      verdict: "dead",
      children: [],
      host: "h",
      payload: '{"secret":1}',
    }]);
    const options = { reason: "known", purge: false, now: 300 };
    assertEquals(await store.letters.drop("3/1/0", options), true);
    assertEquals(await store.letters.drop("3/1/0", options), false);
    const letter = await store.letters.letter("3/1/0");
    assertEquals([letter?.state, letter?.dropReason, letter?.stateAt, letter?.purged], [
      "dropped",
      "known",
      300,
      false,
    ]);
    assertEquals(await allot(store, { ...AS_IT_WAS, key: "3/1/0" }), ["dropped"]);

    const purge = { ...options, purge: true };
    for (const key of ["3/1/0", "none", "1/x-sink/0"]) {
      assertEquals(await store.letters.drop(key, purge), true);
    }
    assertEquals(
      text(await store.letters.body("3/1/0")),
      '{"id":"3","route":{"prev":["a"],"curr":"q","next":[]},"payload":null}',
    );
    assertEquals(text(await store.letters.body("none")), "");
    assertEquals((await store.result("1"))?.payload, "null");
    assertEquals((await store.hops("3"))[0]?.payload, undefined);
    assertEquals(await allot(store, { ...AS_IT_WAS, again: true, key: "3/1/0" }), ["purged"]);
    assertEquals(await store.letters.drop("nobody", purge), false);
  });

  test("what was dropped can be replayed by whoever insists", async (store) => {
    await store.recordDead([dead("3")]);
    await store.letters.drop("3/1/0", { reason: "known", purge: false, now: 300 });
    assertEquals(await allot(store, { ...AS_IT_WAS, again: true, key: "3/1/0" }), ["send", 1, "3"]);
    assertEquals(await state(store, "3/1/0"), "replayed");
    // Dropped while a replay hung in the air: nobody takes that up.
    await store.letters.drop("3/1/0", { reason: "known", purge: false, now: 400 });
    assertEquals(await keys(store, { state: "open", orUnsent: true }), []);
    assertEquals(await allot(store, { ...AS_IT_WAS, key: "3/1/0" }), ["dropped"]);
  });

  test(
    "several processes that ask at once get one number for one replay, and others for others",
    async (store, harness) => {
      const other = await harness.open();
      try {
        await store.recordDead([dead("3"), dead("3", { key: "3/2/0" })]);
        const same = { ...CHANGED, key: "3/1/0" };
        const different = { ...CHANGED, key: "3/2/0" };
        const asked = await Promise.all([
          allot(store, same),
          allot(other, same),
          allot(store, different),
          allot(other, different),
        ]);
        assertEquals(asked[0], asked[1]);
        assertEquals(asked[2], asked[3]);
        assertEquals(new Set(asked.map(([, n]) => n)), new Set([1, 2]));
      } finally {
        await other.close();
      }
    },
  );
}
