import { assertEquals } from "@std/assert";
import { mapPositions } from "./lines.ts";

const TABLE = { files: ["actor.ts", "lib/a.ts"], runs: [[3, 0, [1, 2, 0, 9]], [20, 1, [5]]] } as const;

const STACKS: [string, string][] = [
  ["at f (componentize-qjs:user.js:3:10)", "at f (actor.ts:1)"],
  ["at f (componentize-qjs:user.js:6:10)", "at f (actor.ts:9)"],
  ["at f (componentize-qjs:user.js:5:1)", "at f (bundle:5)"],
  ["at f (componentize-qjs:user.js:20)", "at f (lib/a.ts:5)"],
  ["at f (componentize-qjs:user.js:7:1)", "at f (bundle:7)"],
  ["at next (native)", "at next (native)"],
  [
    "at a (componentize-qjs:user.js:3:1)\nat b (componentize-qjs:user.js:4:1)",
    "at a (actor.ts:1)\nat b (actor.ts:2)",
  ],
];

for (const [stack, mapped] of STACKS) {
  Deno.test(`${JSON.stringify(stack)} is told as ${JSON.stringify(mapped)}`, () => {
    assertEquals(mapPositions(stack, TABLE), mapped);
  });
}

Deno.test("without a table, positions are the bundle's", () => {
  assertEquals(mapPositions("componentize-qjs:user.js:3:10", undefined), "bundle:3");
});
