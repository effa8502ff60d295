import { assertEquals } from "@std/assert";
import { BadCaseError } from "./case_file.ts";
import { caseLines, casesJson, differenceLines, summaryLine } from "./print_cases.ts";
import type { CaseOutcome } from "./replay.ts";

const same = (text: string) => text;
const styles = { bold: same, dim: same, good: same, bad: same, warn: same, name: same };
const lines = (outcome: CaseOutcome) => caseLines(outcome, { styles, width: 5 });

const path = ["emits", 0, "payload", "it's"];
const differences = [{ path, expected: 1, actual: "\u001b" }];
const error = new BadCaseError("cases/bad.json", "JSON");
const OUTCOMES: CaseOutcome[] = [
  { name: "one", state: "same", ms: 1 },
  { name: "two", state: "differs", ms: 2, differences },
  { name: "three", state: "updated", ms: 3, differences },
  { name: "four", state: "unsteady", ms: 4, differences },
  { name: "bad", state: "bad", error },
];

Deno.test("what differs is shown as it was and as it is", () => {
  const shown = ['  .emits[0].payload["it\'s"]', "    - 1", '    + "\\u001b"'];
  assertEquals(OUTCOMES.map(lines), [
    ["one    as recorded"],
    ["two    differs", ...shown],
    ["three  updated", ...shown],
    [
      "four   not updated: it comes out differently each time",
      ...shown,
      "  Values that cannot be the same twice are left out of the comparison:",
      `  --ignore '.payload["it'\\''s"]', or in the case's file "ignore": [".payload[\\"it's\\"]"]`,
    ],
    ["bad    unreadable", "  cases/bad.json is no case: JSON"],
  ]);
  assertEquals(summaryLine(OUTCOMES), "5 cases: 1 as recorded, 1 updated, 2 different, 1 unreadable.");
  assertEquals(summaryLine(OUTCOMES.slice(0, 1)), "1 case: 1 as recorded.");
});

Deno.test("why a case that was to be ok failed", () => {
  const failure = { type: "E", mro: ["Error"], message: "m" };
  const verdict = [{ path: ["verdict"], expected: "ok", actual: "failed" }];
  assertEquals(lines({ name: "one", state: "differs", ms: 1, differences: verdict, failure }), [
    "one    differs",
    "  .verdict",
    '    - "ok"',
    '    + "failed"',
    "  it failed with",
    "    E (Error): m",
  ]);
  const unsteady: CaseOutcome = { name: "one", state: "unsteady", ms: 1, differences: verdict };
  assertEquals(
    lines(unsteady).at(-1),
    "  What differs is more than a value in an emit: no path that is ignored helps with that.",
  );
});

Deno.test("long values are cut to where they differ, and many differences are counted", () => {
  const text = "x".repeat(300);
  const long = [{ path: ["a"], expected: `${text}1${text}`, actual: `${text}2` }];
  assertEquals(differenceLines(long, styles), [
    "  .a",
    `    - …${"x".repeat(20)}1${"x".repeat(99)}…`,
    `    + …${"x".repeat(20)}2"`,
  ]);
  const many = Array.from({ length: 23 }, (_, i) => ({ path: [i], expected: i, actual: undefined }));
  const shown = differenceLines(many, styles);
  assertEquals(shown.slice(0, 3), ["  [0]", "    - 0", "    + (nothing)"]);
  assertEquals([shown.length, shown.at(-1)], [61, "  and 3 more differences (--json has all)"]);
});

Deno.test("as one JSON object", () => {
  const { actor, cases } = JSON.parse(casesJson(OUTCOMES, "a"));
  assertEquals(actor, "a");
  const told = [{ path: '.emits[0].payload["it\'s"]', expected: 1, actual: "\u001b" }];
  assertEquals(cases, [
    { name: "one", state: "same", ms: 1 },
    { name: "two", state: "differs", ms: 2, differences: told },
    { name: "three", state: "updated", ms: 3, differences: told },
    { name: "four", state: "unsteady", ms: 4, differences: told, ignore: ['.payload["it\'s"]'] },
    { name: "bad", state: "bad", code: "troupe.BadCase", message: error.message },
  ]);
});
