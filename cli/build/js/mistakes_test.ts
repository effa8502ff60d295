// What an author may do wrong, and what the build says then.

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { problemOf } from "../_testing.ts";

const HANDLE = "export const handle = (payload) => payload;\n";

Deno.test("a syntax error: file, line and column", async () => {
  const problem = await problemOf(
    { "actor.ts": "export function handle() {\n  const a = ;\n}\n" },
    "troupe.SourceError",
  );
  assertStringIncludes(problem, "Expression expected");
  assertStringIncludes(problem, "at ~/actor.ts:2:13");
});

Deno.test("a syntax error in a file that is imported", async () => {
  const problem = await problemOf({
    "actor.ts": 'import { a } from "./lib.ts";\nexport const handle = () => a;\n',
    "lib.ts": "export const a = {;\n",
  }, "troupe.SourceError");
  assertStringIncludes(problem, "~/lib.ts:1:");
});

Deno.test("imports that lead nowhere", async (t) => {
  await t.step("a file", async () => {
    const problem = await problemOf(
      { "actor.js": 'import { a } from "./nope.js";\nexport const handle = () => a;\n' },
      "troupe.SourceError",
    );
    assertStringIncludes(problem, 'Module not found "~/nope.js"');
    assertStringIncludes(problem, "at ~/actor.js:1:");
  });
  await t.step("a name", async () => {
    const problem = await problemOf(
      { "actor.js": 'import pad from "left-pad";\nexport const handle = () => pad;\n' },
      "troupe.SourceError",
    );
    assertStringIncludes(problem, "at ~/actor.js:1:");
    assertStringIncludes(problem, 'Map "left-pad" under "imports" of the nearest deno.json');
  });
  await t.step("an export", async () => {
    const problem = await problemOf({
      "actor.js": 'import { b } from "./lib.js";\nexport const handle = () => b;\n',
      "lib.js": "export const a = 1;\n",
    }, "troupe.SourceError");
    assertMatch(problem, /^No matching export in "~\/lib\.js" for import "b"\n {4}at ~\/actor\.js:1:/);
  });
  await t.step("a module of a runtime", async () => {
    const problem = await problemOf(
      { "actor.js": `${HANDLE}import { readFileSync } from "node:fs";\nreadFileSync("/etc/passwd");\n` },
      "troupe.SourceError",
    );
    assertMatch(problem, /^~\/actor\.js:2: there is no node:fs: an actor is no process/);
  });
});

Deno.test("a type that does not fit: file, line, and what", async () => {
  const problem = await problemOf({
    "actor.ts": 'import { n } from "./lib.ts";\nexport function handle(): string {\n  return n;\n}\n',
    "lib.ts": "export const n: number = 1;\n",
  }, "troupe.TypeMismatch");
  assertStringIncludes(problem, "Type 'number' is not assignable to type 'string'");
  assertStringIncludes(problem, "at ~/actor.ts:3:3");
  assertEquals(problem.includes("Stack backtrace"), false);
});

Deno.test("types of other environments are not there", async () => {
  const problem = await problemOf(
    { "actor.ts": "export function handle(a: HTMLElement, b: Deno.FsFile) { return [a, b]; }\n" },
    "troupe.TypeMismatch",
  );
  assertStringIncludes(problem, "HTMLElement");
  assertStringIncludes(problem, "Deno");
});

Deno.test("names that are absent: each with file, line and reason, whether types are checked or not", async () => {
  const problem = await problemOf({
    "actor.js": `import { home } from "./lib.js";
export function handle(payload) {
  setImmediate(() => {});
  return fetch(home() + payload);
}
`,
    "lib.js": "export const home = () => process.env.HOME;\n",
  }, "troupe.AbsentGlobal");
  assertEquals(problem.split("\n").sort(), [
    "~/actor.js:3:3: there is no setImmediate: of timers an actor has setTimeout, setInterval and queueMicrotask",
    "~/actor.js:4:10: there is no fetch: an actor has no network of its own",
    "~/lib.js:1:27: there is no process: an actor is no process: it has no files, no environment and no modules of a runtime",
  ]);
});

Deno.test("no handler", async () => {
  const problem = await problemOf({ "actor.js": "export const handler = () => 1;\n" }, "troupe.BadHandler");
  assertEquals(
    problem,
    "~/actor.js: it has to export a function named handle, such as: export function handle(payload) { return payload; }",
  );
});

Deno.test("a module that throws while it is loaded: what, and where", async () => {
  const problem = await problemOf({
    "actor.js": `import { check } from "./lib.js";\n${HANDLE}check();\n`,
    "lib.js": "export function check() {\n  throw new Error('not today');\n}\n",
  }, "troupe.LoadFailed");
  assertEquals(
    problem,
    "~/actor.js: it throws while it is loaded: not today\n    at check (lib.js:2)\n    at <anonymous> (actor.js:3)",
  );
});

Deno.test("other ways not to be loaded", async (t) => {
  const cases: [string, string, string][] = [
    ["throws a value", "throw 1;", "throws something that is no Error"],
    ["recurses without end", "const f = () => f() + 1; f();", "stack"],
    [
      "calls the mesh",
      'import { mesh } from "@troupe/sdk"; mesh.log("info", "x");',
      "no envelope is being handled",
    ],
    [
      "misses a name",
      "globalThis.x = new (Function('return Blob'))();",
      "Blob is not defined (it is not part of",
    ],
    [
      "misses a name that it would have if it named it",
      "globalThis.x = new (Function('return URL'))();",
      "URL is not defined (it is there for actors whose own files name it",
    ],
    [
      "sets a timer",
      "setTimeout(() => {}, 1);",
      "no envelope is being handled",
    ],
    ["awaits for ever", "await new Promise(() => {});", "that never comes"],
  ];
  for (const [name, line, said] of cases) {
    await t.step(name, async () => {
      assertStringIncludes(await problemOf({ "actor.js": `${HANDLE}${line}\n` }, "troupe.LoadFailed"), said);
    });
  }
});
