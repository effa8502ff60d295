import { assertEquals } from "@std/assert";
import { CREW, isActorName, isCrewStep, isReservedName } from "./actor_name.ts";

Deno.test("isActorName() takes DNS labels and nothing else", () => {
  const cases: [string, boolean][] = [
    ["a", true],
    ["7", true],
    ["split-2", true],
    ["a--b", true],
    ["x-sink", true],
    ["a".repeat(63), true],
    ["a".repeat(64), false],
    ["", false],
    ["-a", false],
    ["a-", false],
    ["A", false],
    ["a.b", false],
    ["a_b", false],
    ["a/b", false],
    ["a b", false],
    ["a\n", false],
    ["\na", false],
    ["é", false],
    ["ａ", false],
  ];
  for (const [name, expected] of cases) assertEquals(isActorName(name), expected, JSON.stringify(name));
});

Deno.test("isReservedName() knows the crew by its prefix", () => {
  for (const name of ["x-sink", "x-sump", "x-resume", "x-"]) assertEquals(isReservedName(name), true, name);
  for (const name of ["x", "xsink", "ax-sink", "X-sink"]) assertEquals(isReservedName(name), false, name);
});

Deno.test("isCrewStep() knows what a sender may name of the crew", () => {
  assertEquals(CREW.filter(isCrewStep), ["x-pause", "x-join"]);
  assertEquals(CREW.every(isReservedName), true);
});
