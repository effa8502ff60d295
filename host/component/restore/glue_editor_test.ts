import { assertEquals, assertThrows } from "@std/assert";
import { NotRestorable } from "./core_state.ts";
import { watchHandles } from "./glue_editor.ts";

Deno.test("each change of a table of handles is told", () => {
  const glue = `
  function rscTableCreateOwn(table, rep) {
    return 1;
  }
  function rscTableRemove(table, handle) {
    return 2;
  }
  const handleTable1 = [T_FLAG, 0];
  const own = () => rscTableCreateOwn(handleTable1, 5);
  if (handleTable1[3] === 4) rscTableRemove(handleTable1, 3);`;
  const told = watchHandles(glue).split("\n").filter((line) => line.includes("onHandles"));
  assertEquals(told.map((line) => line.trim()), [
    "function rscTableCreateOwn(table, rep) { instantiateCore.onHandles?.();",
    "function rscTableRemove(table, handle) { instantiateCore.onHandles?.();",
  ]);
});

Deno.test("glue without handles stays as it is", () => {
  assertEquals(watchHandles("const a = 1;"), "const a = 1;");
});

Deno.test("glue that is written in another way is not known", async (t) => {
  const cases: [string, string][] = [
    ["a function of another form", "const rscTableRemove = (table) => {};"],
    ["a function that is defined twice", "function rscTableGet(a) { } function rscTableGet(a) { }"],
    ["a function that is defined elsewhere", "rscTableRemove(handleTable1, 1);"],
    ["a table that is written to", "handleTable1[2] = 5;"],
    ["a table that grows", "handleTable12.push(0);"],
  ];
  for (const [name, glue] of cases) {
    await t.step(name, () => void assertThrows(() => watchHandles(glue), NotRestorable));
  }
});
