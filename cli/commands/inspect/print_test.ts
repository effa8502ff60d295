import type { Inspection } from "@troupe/host/component";
import { assertEquals } from "@std/assert";
import { inspectionJson, inspectionLines } from "./print.ts";

const same = (text: string) => text;
const styles = { bold: same, dim: same, good: same, bad: same, warn: same, name: same };
const FOUND: Inspection = {
  digest: "a".repeat(64),
  size: 2048,
  kind: "component",
  imports: [
    { name: "troupe:actor/mesh@0.1.0", need: "contract" },
    { name: "wasi:io/error@0.2.0", need: "harmless" },
    { name: "wasi:http/types@0.2.1", need: "grant", grant: "http" },
    { name: "x\u001b[2J", need: "unknown" },
  ],
  exports: ["handle"],
  largestFunction: 100,
  initialMemory: 65_536,
  refusals: [{ code: "troupe.ImportDenied", message: "no\u001b[2J" }],
};

Deno.test("for a person, with nothing that steers a terminal", () => {
  assertEquals(inspectionLines(FOUND, { file: "a.wasm", styles }), [
    "a.wasm: a component, 2.0 KiB (2,048 bytes)",
    `sha256:${"a".repeat(64)}`,
    "64.0 KiB of memory at the start; the largest function has 100 B",
    "",
    "Imports                    What each needs",
    "  troupe:actor/mesh@0.1.0  nothing: the contract of actors",
    "  wasi:io/error@0.2.0      nothing: toolchains always add it, and it can do nothing",
    "  wasi:http/types@0.2.1    the grant http: spec.grants.http in actor.yaml",
    "  x\\x1b[2J                 what no actor has",
    "",
    "Exports",
    "  handle",
    "",
    "It would be refused:",
    "- no\\x1b[2J",
  ]);
});

Deno.test("of what is no component, there is little to be said", () => {
  const found: Inspection = { ...FOUND, kind: "module", imports: [], exports: [], refusals: [] };
  assertEquals(inspectionLines(found, { file: "a.wasm", styles }), [
    "a.wasm: a core module, 2.0 KiB (2,048 bytes)",
    `sha256:${"a".repeat(64)}`,
    "",
    "It would be accepted.",
  ]);
});

Deno.test("whether its instances can be restored", async (t) => {
  const cases: [Inspection["restorable"], string, object][] = [
    [
      { prefix: "restore-x-" },
      "An instance is put back to where it began, and serves the next envelope",
      { restorable: true },
    ],
    [
      { why: "it makes resources of its own" },
      "Each envelope needs an instance made anew: it makes resources of its own",
      { restorable: false, not_restorable: "it makes resources of its own" },
    ],
  ];
  for (const [restorable, line, fields] of cases) {
    await t.step(line, () => {
      const found: Inspection = { ...FOUND, ...(restorable ? { restorable } : {}) };
      assertEquals(inspectionLines(found, { file: "a.wasm", styles })[3], line);
      const { restorable: can, not_restorable } = JSON.parse(inspectionJson(found, { file: "a.wasm" }));
      assertEquals(
        not_restorable === undefined ? { restorable: can } : { restorable: can, not_restorable },
        fields,
      );
    });
  }
});

Deno.test("as JSON", () => {
  const { imports, exports, refusals, digest, accepted } = JSON.parse(
    inspectionJson(FOUND, { file: "a.wasm" }),
  );
  assertEquals(imports, FOUND.imports);
  assertEquals(exports, FOUND.exports);
  assertEquals(refusals, FOUND.refusals);
  assertEquals([digest, accepted], [`sha256:${"a".repeat(64)}`, false]);
});
