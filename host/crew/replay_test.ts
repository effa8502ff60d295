import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { EnvelopeLimitError, parseEnvelope } from "../envelope.ts";
import { JsonTextError } from "../json_text.ts";
import type { Replay } from "./letters.ts";
import { NotReplayableError, planReplay, replayBody, type ReplayEdit } from "./replay.ts";

const NOW = new Date("2026-05-01T12:00:00Z");
const FRAMES = [{ g: "g", run: "r", i: 1, n: 3 }];

const utf8 = (text: string) => new TextEncoder().encode(text);

const BODY = utf8(
  JSON.stringify({
    id: "1",
    parent_id: "0",
    route: { prev: ["a", "b"], curr: "c", next: ["d", "e"] },
    headers: { traceparent: "t", "x-troupe-fan": FRAMES, "x-troupe-root": "up", own: 1 },
    status: {
      phase: "failed",
      reason: "r",
      actor: "c",
      attempt: 4,
      max_attempts: 4,
      first_attempt_at: "2026-04-01T00:00:00Z",
      created_at: "2026-04-01T00:00:00Z",
      deadline_at: "2026-06-01T00:00:00Z",
      error: { type: "E", message: "m" },
    },
    unknown: [1],
  }).replace(/}$/, ',"payload":{ "n": 9007199254740993, "n": -0 }}'),
);

const plan = (edit: ReplayEdit = {}, body = BODY) => planReplay(body, { edit, now: NOW });
const REPLAY: Replay = { key: "k", id: "1", n: 2, as: "new", how: "", at: NOW.getTime() };

Deno.test("a replay as it was keeps the id, carries its number, and begins at the step that failed", async () => {
  const planned = await plan();
  assertEquals([planned.keepsId, planned.how, planned.to], [true, "{}", "c"]);
  const sent = parseEnvelope(replayBody(planned, REPLAY));
  assertEquals([sent.id, sent.parentId], ["1", "0"]);
  assertEquals(sent.route, { prev: ["a", "b"], curr: "c", next: ["d", "e"] });
  assertEquals({ ...sent.headers }, {
    traceparent: "t",
    "x-troupe-fan": FRAMES,
    "x-troupe-root": "up",
    own: 1,
    "x-troupe-replay": 2,
  });
  // A fresh attempt; when it was made and has to be done stays.
  assertEquals(sent.status, {
    phase: "pending",
    actor: "c",
    attempt: 1,
    created_at: "2026-04-01T00:00:00Z",
    deadline_at: "2026-06-01T00:00:00Z",
    updated_at: NOW.toISOString(),
  });
  assertEquals(sent.payload, '{ "n": 9007199254740993, "n": -0 }');
  assertEquals(sent.extra.map(({ key, valueText }) => [key, valueText]), [["unknown", "[1]"]]);
});

Deno.test("a replay that differs is a new envelope below the old one, in the same tree and the same slice", async () => {
  const planned = await plan({ payload: ' {"n":1} ' });
  assertEquals(planned.keepsId, false);
  const sent = parseEnvelope(replayBody(planned, REPLAY));
  assertEquals([sent.id, sent.parentId, sent.payload], ["new", "1", '{"n":1}']);
  assertEquals([sent.headers?.["x-troupe-root"], sent.headers?.["x-troupe-replay"]], ["up", undefined]);
  assertEquals(sent.headers?.["x-troupe-fan"], FRAMES as never);
  // Of an envelope that was never fanned out the root is the old id.
  const alone = utf8('{"id":"7","route":{"prev":[],"curr":"a","next":[]},"headers":{"x-troupe-replay":3}}');
  const other = parseEnvelope(replayBody(await plan({ payload: "2" }, alone), REPLAY));
  assertEquals({ ...other.headers }, { "x-troupe-root": "7" });
});

Deno.test("the way on is that from a step, whether it was skipped or done, or another one", async () => {
  const way = async (edit: ReplayEdit) => {
    const { envelope: { route }, keepsId } = await plan(edit);
    return [keepsId, route.prev.join(), route.curr, route.next.join()];
  };
  assertEquals(await way({ to: "c" }), [true, "a,b", "c", "d,e"]);
  assertEquals(await way({ to: "e" }), [false, "a,b", "e", ""]);
  assertEquals(await way({ to: "b" }), [false, "a,b", "b", "c,d,e"]);
  assertEquals(await way({ route: ["c", "d", "e"] }), [true, "a,b", "c", "d,e"]);
  assertEquals(await way({ route: ["x", "y"] }), [false, "a,b", "x", "y"]);
  const error = await assertRejects(() => plan({ to: "x" }), NotReplayableError);
  assertStringIncludes(error.message, "--route");
});

Deno.test("the same change is told to be the same, another is not, and one that changes nothing is none", async () => {
  const how = async (edit: ReplayEdit) => (await plan(edit)).how;
  assertEquals(await how({ payload: "1" }), await how({ payload: " 1" }));
  assertEquals(await how({ to: "d" }), await how({ route: ["d", "e"] }));
  assertEquals(await how({ payload: '{ "n": 9007199254740993, "n": -0 }', to: "c" }), "{}");
  assertEquals(await how({ deadline: "none" }), "{}");
  assertEquals(
    new Set(await Promise.all([how({ payload: "1" }), how({ payload: "2" }), how({ to: "d" })])).size,
    3,
  );
});

Deno.test("a deadline that has passed has to be replaced; another makes no new envelope", async () => {
  const late = utf8(
    '{"id":"1","route":{"prev":[],"curr":"a","next":[]},"status":{"deadline_at":"2026-05-01T11:59:59Z"}}',
  );
  const error = await assertRejects(() => plan({}, late), NotReplayableError);
  assertStringIncludes(error.message, "--deadline");
  assertEquals((await plan({ deadline: "none" }, late)).envelope.status?.deadline_at, undefined);
  const later = await plan({ deadline: "2026-05-01T12:10:00Z" }, late);
  assertEquals([later.envelope.status?.deadline_at, later.keepsId], ["2026-05-01T12:10:00Z", true]);
});

Deno.test("another payload is not taken for one that is in the store", async () => {
  const headers = { "x-troupe-claim": { sha256: "0".repeat(64), bytes: 9 }, kept: 1 };
  const body = utf8(
    JSON.stringify({ id: "1", route: { prev: [], curr: "a", next: [] }, headers, payload: null }),
  );
  assertEquals(Object.keys((await plan({ payload: "2" }, body)).envelope.headers ?? {}), ["kept"]);
  assertEquals(Object.keys((await plan({}, body)).envelope.headers ?? {}), ["x-troupe-claim", "kept"]);
});

Deno.test("what cannot be sent again says why, and what can be done", async () => {
  for (const body of [utf8("no envelope"), new Uint8Array(), Uint8Array.of(255)]) {
    const error = await assertRejects(() => plan({}, body), NotReplayableError);
    assertStringIncludes(error.message, "troupe dlq show KEY --body");
  }
  const route = { prev: Array(257).fill("a"), curr: "b", next: [] };
  const long = await assertRejects(
    () => plan({}, utf8(JSON.stringify({ id: "1", route }))),
    NotReplayableError,
  );
  assertStringIncludes(long.message, "same way");
  const over = utf8('{"id":"1","route":{"prev":["a"],"curr":"","next":[]}}');
  assertStringIncludes((await assertRejects(() => plan({}, over), NotReplayableError)).message, "--route");
  assertEquals((await plan({ to: "a" }, over)).envelope.route, { prev: ["a"], curr: "a", next: [] });
  await assertRejects(() => plan({ payload: "{" }), JsonTextError);
  await assertRejects(() => plan({ payload: JSON.stringify("x".repeat(2 ** 24)) }), EnvelopeLimitError);
});
