import { assertEquals } from "@std/assert";
import { nearest } from "./nearest.ts";

const KNOWN = ["component", "isolation", "limits", "grants"];
const CASES: [string, string | undefined][] = [
  ["componnet", "component"],
  ["Limits", "limits"],
  ["limit", "limits"],
  ["grnats", "grants"],
  ["isolatoin", "isolation"],
  ["lim", undefined],
  ["replicas", undefined],
  ["", undefined],
];

for (const [name, meant] of CASES) {
  Deno.test(`nearest(${JSON.stringify(name)}) is ${meant}`, () => assertEquals(nearest(name, KNOWN), meant));
}

Deno.test("the nearest of several wins", () =>
  assertEquals(nearest("emitted", ["emits", "emitted"]), "emitted"));
