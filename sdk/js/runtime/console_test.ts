import { assertEquals } from "@std/assert";
import { duringHop } from "../_hop.ts";
import type { MeshCalls } from "../calls.ts";
import { makeConsole } from "./console.ts";

Deno.test("every method is a line of its level", () => {
  const lines: string[][] = [];
  const calls = { log: (...line: string[]) => void lines.push(line) } as unknown as MeshCalls;
  const console = makeConsole();
  console.log("while the module is loaded");
  duringHop({ calls, pending: new Set() }, () => {
    console.debug("d");
    console.log("l", 1);
    console.info({ i: 1 });
    console.warn("w");
    console.error("e");
    console.assert(true, "holds");
    console.assert(false, "does not");
  });
  assertEquals(lines, [
    ["debug", "d"],
    ["info", "l 1"],
    ["info", "{ i: 1 }"],
    ["warn", "w"],
    ["error", "e"],
    ["error", "assertion failed: does not"],
  ]);
});
