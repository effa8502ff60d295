import { assertEquals, assertThrows } from "@std/assert";
import { NotRestorable } from "./core_state.ts";
import { watchGlue } from "./glue_editor.ts";

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
  const told = watchGlue(glue).split("\n").filter((line) => line.includes("onChange"));
  assertEquals(told.map((line) => line.trim()), [
    'function rscTableCreateOwn(table, rep) { instantiateCore.onChange?.("it opened or closed a resource");',
    'function rscTableRemove(table, handle) { instantiateCore.onChange?.("it opened or closed a resource");',
  ]);
});

Deno.test("that there were very many tasks is told", () => {
  const glue = (tasks: number) =>
    watchGlue(`let RESOURCE_SCOPE_ID = ${tasks};
      return () => {
        ++RESOURCE_SCOPE_ID;
      };`);
  const told: string[] = [];
  const instantiateCore = { onChange: (what: string) => told.push(what) };
  new Function("instantiateCore", glue(0))(instantiateCore)();
  assertEquals(told, []);
  new Function("instantiateCore", glue(2 ** 29))(instantiateCore)();
  assertEquals(told, ["it made too many calls"]);
});

Deno.test("glue without handles stays as it is", () => {
  assertEquals(watchGlue("const a = 1;"), "const a = 1;");
});

Deno.test("glue that is written in another way is not known", async (t) => {
  const cases: [string, string][] = [
    ["a function of another form", "const rscTableRemove = (table) => {};"],
    ["a function that is defined twice", "function rscTableGet(a) { } function rscTableGet(a) { }"],
    ["a function that is defined elsewhere", "rscTableRemove(handleTable1, 1);"],
    ["a table that is written to", "handleTable1[2] = 5;"],
    ["a number of a task of another form", "let RESOURCE_SCOPE_ID = 0; RESOURCE_SCOPE_ID++;"],
    [
      "tasks that are numbered in two places",
      "let RESOURCE_SCOPE_ID = 0; ++RESOURCE_SCOPE_ID; ++RESOURCE_SCOPE_ID;",
    ],
    ["a function that is asynchronous", "lower({ isAsync: true, fn });"],
    ["a type of function that is asynchronous", "lower({\n  funcTypeIsAsync: true,\n});"],
    ["a table that grows", "handleTable12.push(0);"],
  ];
  for (const [name, glue] of cases) {
    await t.step(name, () => void assertThrows(() => watchGlue(glue), NotRestorable));
  }
});
