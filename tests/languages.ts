/**
 * The languages that actors are written in, and what their tests need.
 *
 * @module
 */

import { lacks } from "./require.ts";

/** A language, as `troupe build` names it. */
export type LanguageName = "js" | "rust" | "go" | "python" | "c";

/** The programs without which no actor can be built, and how a person gets them. */
const BUILDERS: Readonly<Record<LanguageName, Readonly<Record<string, string>>>> = {
  // Its tools come with Troupe.
  js: {},
  rust: { cargo: "https://www.rust-lang.org/tools/install, and: rustup target add wasm32-wasip2" },
  go: { go: "https://go.dev/doc/install" },
  python: { "componentize-py": "python3 -m pip install componentize-py==0.25.1" },
  c: { zig: "python3 -m pip install ziglang==0.17.1, and a link to the zig in it" },
};

/** The programs without which an author's tests cannot be run, beside those. */
const TESTERS: Partial<Readonly<Record<LanguageName, Readonly<Record<string, string>>>>> = {
  python: { python3: "Debian: apt-get install python3, and: python3 -m pip install pytest" },
  c: { make: "Debian: apt-get install make", cc: "Debian: apt-get install gcc" },
};

/** All of them. */
export const LANGUAGE_NAMES: readonly LanguageName[] = ["js", "rust", "go", "python", "c"];

/** Whether a test that builds actors in a language has to be skipped: see {@linkcode lacks}. */
export function cannotBuild(language: LanguageName): boolean {
  return lacksOne(BUILDERS[language]);
}

/** Whether a test that builds actors in a language, and runs their own tests, has to be skipped. */
export function cannotTest(language: LanguageName): boolean {
  return lacksOne({ ...BUILDERS[language], ...TESTERS[language] });
}

function lacksOne(programs: Readonly<Record<string, string>>): boolean {
  return Object.entries(programs).map(([program, install]) => lacks(program, install)).includes(true);
}
