import { assertEquals } from "@std/assert";
import { loadError } from "./load_error.ts";

const LOADED = {
  script: { lines: { files: ["actor.ts"], runs: [[10, 0, [3, 4]]] as const } },
  source: "/mesh/actor.ts",
  graph: {
    modules: [{
      url: "file:///mesh/lib.ts",
      file: "/mesh/lib.ts",
      authored: true,
      imports: [{ name: "fs", target: "node:fs", line: 7 }],
    }],
    packages: {},
  },
};
const FAILED = "Failed to evaluate user JavaScript module: Failed to finish JavaScript module evaluation: ";
const RUNTIME = "an actor is no process: it has no files, no environment and no modules of a runtime";

const CASES: [string, string, string][] = [
  [
    `: ${FAILED}Error: no\n    at f (componentize-qjs:user.js:11:5)\n    at g (componentize-qjs:user.js:99:1)\n`,
    "troupe.LoadFailed",
    "/mesh/actor.ts: it throws while it is loaded: no\n    at f (actor.ts:4)",
  ],
  [`: ${FAILED}Error: actor: it has to\n    at x`, "troupe.BadHandler", "/mesh/actor.ts: it has to"],
  [
    ": Failed to evaluate user JavaScript module: Failed to declare JavaScript module: Error: Error resolving module " +
    "'node:fs' from 'componentize-qjs:user.js': filesystem module not found",
    "troupe.SourceError",
    `/mesh/lib.ts:7: there is no fs: ${RUNTIME}`,
  ],
  [
    "Error resolving module 'node:os' from 'componentize-qjs:user.js'",
    "troupe.SourceError",
    `/mesh/actor.ts: a library that it imports needs node:os: ${RUNTIME}`,
  ],
  [
    "error while executing at wasm backtrace: unknown import: `troupe:actor/mesh@0.1.0#log` has not been defined",
    "troupe.LoadFailed",
    "/mesh/actor.ts: it calls the mesh while it is loaded: that can be done only while an envelope is being handled",
  ],
  [
    "something else",
    "troupe.BuildFailed",
    "The component of /mesh/actor.ts cannot be made: something else",
  ],
];

for (const [problem, code, message] of CASES) {
  Deno.test(`${JSON.stringify(problem.trim())} is ${code}`, () => {
    const error = loadError(problem, LOADED);
    assertEquals([error.code, error.message], [code, message]);
  });
}
