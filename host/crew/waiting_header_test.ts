import { assertEquals, assertThrows } from "@std/assert";
import type { Headers } from "../envelope.ts";
import { joinedFans, joinSettings, withJoined } from "./join_header.ts";
import { questionOf, withoutQuestion } from "./question.ts";
import { BadHeaderError, earliest } from "./waiting_header.ts";

Deno.test("joinSettings() reads how long and for how many, and refuses all else by name", () => {
  const good: [unknown, object][] = [
    [undefined, {}],
    [null, {}],
    [{}, {}],
    [{ timeout: "1.5m" }, { timeoutMs: 90_000 }],
    [{ quorum: 1, timeout: "250ms" }, { timeoutMs: 250, quorum: 1 }],
  ];
  for (const [join, settings] of good) assertEquals(joinSettings({ join } as Headers), settings);
  const bad: [unknown, string][] = [
    ["30s", "join"],
    [{ timeout: 30 }, "timeout has to be a length of time"],
    [{ timeout: "0s" }, "timeout has to be a length of time"],
    [{ timeout: "soon" }, "30s, 5m or 2h"],
    [{ quorum: 0 }, "quorum has to be a whole number"],
    [{ quorum: 1.5 }, "quorum has to be a whole number"],
    [{ qorum: 1 }, "qorum"],
  ];
  for (const [join, says] of bad) {
    const error = assertThrows(() => joinSettings({ join } as Headers), BadHeaderError, says);
    assertEquals(error.code, "troupe.BadHeader");
  }
});

Deno.test("questionOf() takes any JSON; in an object it looks for a timeout", () => {
  const good: [unknown, object][] = [
    [undefined, { text: "null" }],
    ["may it?", { text: '"may it?"' }],
    [[{ timeout: 1 }], { text: '[{"timeout":1}]' }],
    [{ ask: "?" }, { text: '{"ask":"?"}' }],
    [{ ask: "?", timeout: "2h" }, { text: '{"ask":"?","timeout":"2h"}', timeoutMs: 7_200_000 }],
  ];
  for (const [question, expected] of good) assertEquals(questionOf({ question } as Headers), expected);
  assertThrows(() => questionOf({ question: { timeout: "soon" } }), BadHeaderError, "timeout");
  assertEquals({ ...withoutQuestion({ question: 1, own: 2 }) }, { own: 2 });
});

Deno.test("what was joined is told with what was joined before; what somebody made up is passed over", () => {
  const told = { g: "b", n: 2, cause: "all", missing: [], ended: [], before: ["a"] };
  assertEquals(joinedFans(withJoined({ own: 1 }, told)), ["a", "b"]);
  for (const made of [undefined, 1, [], {}, { g: 1, before: "a" }, { before: [1] }]) {
    assertEquals(joinedFans({ "x-troupe-join": made } as Headers), []);
  }
});

Deno.test("earliest() passes over what is missing", () => {
  assertEquals([earliest(), earliest(undefined), earliest(3, undefined, 2)], [undefined, undefined, 2]);
});
