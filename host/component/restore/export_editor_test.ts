import { assertEquals, assertStrictEquals } from "@std/assert";
import { assemble } from "../_testing/components.ts";
import { sectionsOf } from "../binary/bytes.ts";
import { type AddedExport, addExports, ExportSort } from "./export_editor.ts";

const ADDED: AddedExport[] = [
  { name: "x-m", sort: ExportSort.Memory, index: 0 },
  { name: "x-g", sort: ExportSort.Global, index: 1 },
  { name: "x-t", sort: ExportSort.Table, index: 0 },
];
const KEPT = `(memory 1) (global i32 (i32.const 1)) (global (mut i32) (i32.const 2)) (table 1 funcref)`;

Deno.test("exports are added to those that there are, and nothing else changes", async (t) => {
  const cases: [string, string, string[]][] = [
    ["beside others", `(func (export "f")) (memory (export "m") 1) (global (export "g") i32 (i32.const 7))`, [
      "f",
      "m",
      "g",
    ]],
    ["before functions", `(func) (start 0)`, []],
    ["where there is nothing after", ``, []],
    ["where custom sections stand around", `(@custom "a" "x") (@custom "b" (after last) "y") (func)`, []],
    ["where there are segments", `(func) (elem (i32.const 0) 0) (data (i32.const 0) "x")`, []],
  ];
  for (const [name, fields, exports] of cases) {
    await t.step(name, async () => {
      const module = await assemble(
        `(module ${exports.length > 0 ? "" : KEPT} ${fields} ${exports.length > 0 ? KEPT : ""})`,
      );
      const added = exports.length > 0 ? ADDED.map((one) => ({ ...one, index: 0 })) : ADDED;
      const edited = addExports(module, added);
      assertStrictEquals(WebAssembly.validate(edited), true);
      const compiled = new WebAssembly.Module(edited);
      assertEquals(
        WebAssembly.Module.exports(compiled).map(({ name, kind }) => `${name} ${kind}`).slice(exports.length),
        [
          "x-m memory",
          "x-g global",
          "x-t table",
        ],
      );
      const others = (bytes: Uint8Array) => [...sectionsOf(bytes)].filter(({ id }) => id !== 7);
      assertEquals(others(edited), others(module));
    });
  }
});

Deno.test("what is exported is what there is", async () => {
  const module = await assemble(`(module ${KEPT} (func (export "set") (global.set 1 (i32.const 9))))`);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(addExports(module, ADDED)));
  const global = exports["x-g"] as WebAssembly.Global;
  assertEquals(global.value, 2);
  (exports["set"] as () => void)();
  assertEquals(global.value, 9);
});

Deno.test("names and numbers of any length", async () => {
  const globals = Array.from({ length: 300 }, (_, n) => `(global (mut i32) (i32.const ${n}))`).join(" ");
  const module = await assemble(`(module ${globals})`);
  const added = Array.from(
    { length: 300 },
    (_, index) => ({ name: "n".repeat(200) + index, sort: ExportSort.Global, index }),
  );
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(addExports(module, added)));
  assertEquals(
    Object.values(exports).map((global) => (global as WebAssembly.Global).value),
    added.map(({ index }) => index),
  );
});
