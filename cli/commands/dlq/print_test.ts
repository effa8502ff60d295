import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Letter, Replay } from "@troupe/host/crew/store";
import { stylesFor } from "../../view/styles.ts";
import { letterDetails, letterJson, letterLine } from "./print.ts";

const styles = stylesFor({ isTerminal: () => false });
const utf8 = (text: string) => new TextEncoder().encode(text);
const AT = Date.UTC(2026, 2, 1, 12);

const LETTER: Letter = {
  key: "1/x-sink/0",
  kind: "failed",
  id: "1",
  root: "0",
  queue: "score",
  actor: "score",
  type: "RangeError",
  message: "odd \u001b[2J",
  error: '{"type":"RangeError","message":"odd","traceback":"at handle\\nat main\\n","details":"[1]"}',
  component: "c0de",
  replay: 0,
  at: AT,
  state: "replayed",
  stateAt: AT,
  dropReason: "",
  purged: false,
};
const BODY = utf8(
  '{"id":"1","parent_id":"0","route":{"prev":[],"curr":"score","next":[]},"headers":{"h":1},' +
    '"status":{"attempt":3},"payload":{"n": 9007199254740993,\n"z": -0}}',
);
const REPLAY: Replay = { key: "1/x-sink/0", id: "1", n: 1, as: "new", how: '{"route":["a"]}', at: AT };

Deno.test("a letter as JSON says why it died, and with its parts what it was, to the letter", () => {
  const short = JSON.parse(letterJson(LETTER));
  assertEquals([short.key, short.state, short.type, short.component, short.error.type, "payload" in short], [
    "1/x-sink/0",
    "replayed",
    "RangeError",
    "c0de",
    "RangeError",
    false,
  ]);
  const line = letterJson(LETTER, { body: BODY, replays: [REPLAY] });
  assertEquals(line.includes("\n"), false);
  assertStringIncludes(line, '"payload":{"n": 9007199254740993, "z": -0}');
  const { attempts, parent_id, headers, replays } = JSON.parse(line);
  assertEquals([attempts, parent_id, headers], [3, "0", { h: 1 }]);
  assertEquals(replays, [{
    key: "1/x-sink/0",
    id: "1",
    replay: 1,
    as: "new",
    changes: { route: ["a"] },
    allotted_at: "2026-03-01T12:00:00.000Z",
    sent_at: null,
  }]);
});

Deno.test("bytes that are no envelope are there as text, or as base64; what is gone is null", () => {
  const letter: Letter = { ...LETTER, kind: "dead", id: "", root: "", error: "", component: "" };
  const parse = (body: Uint8Array | undefined) => JSON.parse(letterJson(letter, { body, replays: [] }));
  assertEquals([parse(utf8("\ufeffno")).body, parse(utf8("no")).payload, parse(utf8("no")).id], [
    "\ufeffno",
    null,
    null,
  ]);
  assertEquals([parse(Uint8Array.of(255)).body, parse(Uint8Array.of(255)).body_base64], [undefined, "/w=="]);
  assertEquals([parse(undefined).body, parse(undefined).attempts], [null, null]);
});

Deno.test("a list shows what a person looks for, and nothing steers the terminal", () => {
  const line = letterLine(LETTER, styles);
  assertStringIncludes(line, "replayed  RangeError  in score:  odd ");
  assertEquals(line.includes("\u001b"), false);
  assertStringIncludes(letterLine({ ...LETTER, id: "", key: "q/sha/1" }, styles), "q/sha/1");
});

Deno.test("the details have a line for everything that is known", () => {
  const lines = letterDetails(LETTER, { body: BODY, replays: [{ ...REPLAY, sentAt: AT }] }, styles);
  const shown = lines.join("\n");
  for (
    const part of [
      "component c0de",
      "attempts  3",
      "traceback at handle",
      "          at main",
      "details   [1]",
      'payload   {"n": 9007199254740993,\\n"z": -0}',
      "as new, changed: ",
    ]
  ) assertStringIncludes(shown, part);
  const dropped: Letter = { ...LETTER, state: "dropped", dropReason: "known", purged: true };
  const gone = letterDetails(dropped, { body: undefined, replays: [REPLAY] }, styles).join("\n");
  assertStringIncludes(gone, ": known (payload removed)");
  assertStringIncludes(gone, "a later result has replaced it");
  assertStringIncludes(gone, "not known to be sent");
});
