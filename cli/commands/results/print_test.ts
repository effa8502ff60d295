import { assertEquals, assertStringIncludes } from "@std/assert";
import type { DeadRecord, StoredResult } from "@troupe/host/crew/store";
import { stylesFor } from "../../view/styles.ts";
import { deadDetails, deadJson, deadLine, resultDetails, resultJson, resultLine } from "./print.ts";

const styles = stylesFor({ isTerminal: () => false });

const RESULT: StoredResult = {
  id: "r-1",
  parentId: "p",
  root: "p",
  phase: "succeeded",
  reason: "",
  actor: "store",
  route: '{"prev":["store"],"curr":"","next":[]}',
  headers: '{"k":"v"}',
  status: "{}",
  payload: '{"n": 9007199254740993,\n"z": -0}',
  error: "",
  replay: 0,
  arrivedAt: Date.UTC(2026, 2, 1, 12),
  repeats: 0,
  conflicts: 0,
};

const DEAD: DeadRecord = {
  key: "k",
  id: "",
  root: "",
  queue: "score",
  actor: "",
  reason: "troupe.MalformedEnvelope",
  message: "Not an envelope: \u001b[2J",
  error: "",
  body: new TextEncoder().encode("\ufeffnot json"),
  diedAt: Date.UTC(2026, 2, 1, 12),
};

Deno.test("a result as JSON is one line, with the payload to the letter", () => {
  assertEquals(
    resultJson(RESULT),
    '{"id":"r-1","parent_id":"p","phase":"succeeded","reason":"","route":{"prev":["store"],"curr":"","next":[]},' +
      '"headers":{"k":"v"},"payload":{"n": 9007199254740993, "z": -0},"error":null}',
  );
  const { parentId: _parentId, ...root } = RESULT;
  const failed = JSON.parse(resultJson({ ...root, phase: "failed", error: '{"type":"E","message":"m"}' }));
  assertEquals([failed.parent_id, failed.error], [null, { type: "E", message: "m" }]);
});

Deno.test("a dead envelope as JSON keeps its body: as text, or as base64", () => {
  const parsed = JSON.parse(deadJson(DEAD));
  assertEquals(parsed, {
    id: null,
    reason: "troupe.MalformedEnvelope",
    message: "Not an envelope: \u001b[2J",
    actor: "",
    queue: "score",
    time: "2026-03-01T12:00:00.000Z",
    error: null,
    body: "\ufeffnot json",
  });
  const bytes = JSON.parse(deadJson({ ...DEAD, id: "x", body: new Uint8Array([0xff, 0]) }));
  assertEquals([bytes.id, bytes.body, bytes.body_base64], ["x", undefined, "/wA="]);
});

Deno.test("a list shows what a person looks for, and nothing steers the terminal", () => {
  assertStringIncludes(resultLine(RESULT, styles), 'succeeded  store  {"n": 9007199254740993,\\n"z": -0}');
  const failed = resultLine({ ...RESULT, phase: "failed", error: '{"type":"Error","message":"no"}' }, styles);
  assertStringIncludes(failed, "failed     store  Error: no");
  assertStringIncludes(
    deadLine(DEAD, styles),
    "troupe.MalformedEnvelope  in score:  Not an envelope: \\x1b[2J",
  );
});

Deno.test("details leave out what is empty", () => {
  const text = resultDetails({ ...RESULT, repeats: 1 }, styles).join("\n");
  assertStringIncludes(text, "parent   p");
  assertStringIncludes(text, "repeats  the same came again 1 time");
  assertEquals(/^(reason|error)/m.test(text), false);
  assertStringIncludes(deadDetails(DEAD, styles).join("\n"), "id       (none)");
});
