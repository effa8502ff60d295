/**
 * What came of cases, for people and for programs.
 *
 * @module
 */

import { jsonArray, jsonLine } from "../../view/json_line.ts";
import { countOf } from "../../view/quantity.ts";
import type { Styles } from "../../view/styles.ts";
import { pad, printable } from "../../view/text.ts";
import type { Difference } from "./compare.ts";
import type { ExactJson } from "./exact_json.ts";
import { pathText } from "./ignore.ts";
import { failureJson, failureLines } from "./print.ts";
import type { Recorded } from "./record.ts";
import type { CaseOutcome } from "./replay.ts";
import { pathsToIgnore } from "./steady.ts";

/** How many differences of a case are shown to a person. */
const MOST_SHOWN = 20;
/** Longest text of a value that is shown, in characters. */
const LONGEST = 120;
/** How much is shown before the first place where long texts differ, in characters. */
const BEFORE = 20;

/** What became of a recording, for a person. */
export function recordedLines(
  { file, run, differences }: Recorded,
  { name, styles }: { readonly name: string; readonly styles: Styles },
): string[] {
  if (differences.length > 0) {
    return [
      `${styles.bad("not recorded")}: run twice, the same envelope came out differently`,
      ...differenceLines(differences, styles),
      ...adviceLines(differences),
    ];
  }
  const { result } = run;
  const what = result.ok
    ? countOf(result.emits.length, "emit")
    : `failure of type ${printable(result.failure.type)}`;
  return [`${styles.good("recorded")} ${name}, ${what}: ${file}`];
}

/** What became of a recording, as one JSON object. */
export function recordedJson({ file, differences }: Recorded, name: string): string {
  return jsonLine({
    case: name,
    recorded: differences.length === 0,
    file,
    differences: jsonArray(differences.map(differenceJson)),
    ...ignoreFields(differences),
  });
}

/** What came of a case, for a person. */
export function caseLines(
  outcome: CaseOutcome,
  { styles, width }: { readonly styles: Styles; readonly width: number },
): string[] {
  const head = (state: string) => `${pad(outcome.name, width)}  ${state}`;
  switch (outcome.state) {
    case "same":
      return [head(styles.good("as recorded"))];
    case "bad":
      return [head(styles.bad("unreadable")), `  ${printable(outcome.error.message)}`];
    case "updated":
      return [head(styles.warn("updated")), ...differenceLines(outcome.differences, styles)];
    case "differs":
    case "unsteady": {
      const { state, differences, failure } = outcome;
      return [
        head(styles.bad(state === "differs" ? "differs" : "not updated: it comes out differently each time")),
        ...differenceLines(differences, styles),
        ...(failure ? ["  it failed with", ...failureLines(failure, styles).map((line) => `  ${line}`)] : []),
        ...(state === "unsteady" ? adviceLines(differences) : []),
      ];
    }
  }
}

/** What came of all cases, in a sentence. */
export function summaryLine(outcomes: readonly CaseOutcome[]): string {
  const count = (...states: CaseOutcome["state"][]) =>
    outcomes.filter(({ state }) => states.includes(state)).length;
  const parts = [
    [count("same"), "as recorded"],
    [count("updated"), "updated"],
    [count("differs", "unsteady"), "different"],
    [count("bad"), "unreadable"],
  ] as const;
  const said = parts.filter(([n]) => n > 0).map(([n, what]) => `${n} ${what}`).join(", ");
  return `${countOf(outcomes.length, "case")}: ${said}.`;
}

/** What came of all cases, as one JSON object. */
export function casesJson(outcomes: readonly CaseOutcome[], actor: string): string {
  return jsonLine({ actor, cases: jsonArray(outcomes.map(caseJson)) });
}

function caseJson(outcome: CaseOutcome): string {
  const { name, state } = outcome;
  if (state === "bad") {
    return jsonLine({ name, state, code: outcome.error.code, message: outcome.error.message });
  }
  if (state === "same") return jsonLine({ name, state, ms: outcome.ms });
  const { ms, differences, failure } = outcome;
  return jsonLine({
    name,
    state,
    ms,
    differences: jsonArray(differences.map(differenceJson)),
    ...(failure ? { failure: { json: failureJson(failure) } } : {}),
    ...(state === "unsteady" ? ignoreFields(differences) : {}),
  });
}

function ignoreFields(differences: readonly Difference[]): { ignore?: { readonly json: string } } {
  const paths = pathsToIgnore(differences);
  return paths && paths.length > 0 ? { ignore: { json: JSON.stringify(paths) } } : {};
}

function differenceJson({ path, expected, actual }: Difference): string {
  return jsonLine({
    path: pathText(path),
    ...(expected === undefined ? {} : { expected: { json: JSON.stringify(expected) } }),
    ...(actual === undefined ? {} : { actual: { json: JSON.stringify(actual) } }),
  });
}

/** A place each, with what was expected and what is there. */
export function differenceLines(differences: readonly Difference[], styles: Styles): string[] {
  const lines = differences.slice(0, MOST_SHOWN).flatMap(({ path, expected, actual }) => {
    const [before, after] = aligned(textOf(expected), textOf(actual));
    return [
      `  ${printable(pathText(path))}`,
      styles.bad(`    - ${before}`),
      styles.good(`    + ${after}`),
    ];
  });
  const more = differences.length - MOST_SHOWN;
  return more > 0 ? [...lines, `  and ${countOf(more, "more difference")} (--json has all)`] : lines;
}

function textOf(value: ExactJson | undefined): string {
  return value === undefined ? "(nothing)" : JSON.stringify(value);
}

/** Both cut to where they differ, if they are long. */
function aligned(expected: string, actual: string): [string, string] {
  let same = 0;
  while (same < expected.length && expected[same] === actual[same]) same++;
  const long = Math.max(expected.length, actual.length) > LONGEST;
  const from = long ? Math.max(0, same - BEFORE) : 0;
  const cut = (text: string) => {
    const piece = text.slice(from, from + LONGEST).toWellFormed();
    return printable(`${from > 0 ? "…" : ""}${piece}${from + LONGEST < text.length ? "…" : ""}`);
  };
  return [cut(expected), cut(actual)];
}

function adviceLines(differences: readonly Difference[]): string[] {
  const paths = pathsToIgnore(differences);
  if (!paths) {
    return ["  What differs is more than a value in an emit: no path that is ignored helps with that."];
  }
  const options = paths.map((path) => `--ignore '${path.replaceAll("'", `'\\''`)}'`).join(" ");
  return [
    "  Values that cannot be the same twice are left out of the comparison:",
    `  ${printable(options)}, or in the case's file "ignore": ${printable(JSON.stringify(paths))}`,
  ];
}
