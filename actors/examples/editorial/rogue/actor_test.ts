// What an attack comes to without a sandbox: the calls that are refused. The others need the sandbox, and are tried there.
import { assertEquals, assertStringIncludes } from "@std/assert";
import { run } from "@troupe/sdk/testing";
import { type Attack, ATTACKS, handle } from "./actor.ts";

const REFUSED: [Attack, string][] = [
  ["flood", "troupe.OutputLimit"],
  ["route", "troupe.RouteDenied"],
  ["headers", "troupe.AccessError"],
  ["deep", "troupe.BadOutput"],
];

for (const [attack, kind] of REFUSED) {
  Deno.test(`${attack} ends with ${kind}, and nothing of it gets out`, () => {
    const { emits, edits, failure, logs } = run(handle, { attack });
    assertEquals(failure?.kind, kind);
    assertEquals(emits, []);
    assertEquals(edits, []);
    assertEquals(logs.filter(({ level }) => level === "warn"), []);
  });
}

Deno.test("an attack that there is not is fatal, and names those that there are", () => {
  const { failure } = run(handle, JSON.parse('{"attack": "bribe"}'));
  assertEquals(failure?.kind, "troupe.Fatal");
  for (const attack of ATTACKS) assertStringIncludes(failure?.message ?? "", attack);
});

Deno.test("a search tells what it looked for, and what it found", () => {
  const [found] = run(handle, { attack: "files" }).payloads;
  assertEquals((found as { tried: string[] }).tried.includes("Deno.readTextFile"), true);
  // The test itself runs in Deno, where there is such a thing.
  assertEquals((found as { found: string[] }).found.includes("Deno.readTextFile"), true);
});
