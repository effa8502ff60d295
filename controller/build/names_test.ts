import { assert, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { componentName, objectName } from "./names.ts";

const NAMES: [actor: string, name: string][] = [
  ["split", "troupe-split"],
  ["a".repeat(56), `troupe-${"a".repeat(56)}`],
  ["a".repeat(57), `troupe-${"a".repeat(45)}-`],
  ["a".repeat(63), `troupe-${"a".repeat(45)}-`],
];

for (const [actor, name] of NAMES) {
  Deno.test(`the objects of an actor with ${actor.length} characters are called by it`, () => {
    const given = objectName(actor);
    if (name.endsWith("-")) assertEquals([given.slice(0, name.length), given.length], [name, 63]);
    else assertEquals(given, name);
  });
}

Deno.test("actors that differ only where names are cut have names of their own", () => {
  assertNotEquals(objectName(`${"a".repeat(62)}b`), objectName(`${"a".repeat(62)}c`));
});

Deno.test("an actor that is called like a shortened name does not share it", () => {
  const shortened = objectName("a".repeat(63));
  const impostor = shortened.slice("troupe-".length);
  assertNotEquals(objectName(impostor), shortened);
});

Deno.test("names are labels of DNS, and no two actors share one", () => {
  const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{40,61}[a-z0-9])?$/);
  const digests = ["a".repeat(64), "b".repeat(64)] as const;
  fc.assert(fc.property(label, label, (a, b) => {
    const [one, other] = digests.map((digest) => componentName(a, digest));
    for (const name of [objectName(a), one as string, other as string]) {
      assert(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name));
    }
    assertEquals(objectName(a) === objectName(b), a === b);
    assertNotEquals(objectName(a), componentName(b, digests[0]));
    assertNotEquals(one, other);
    assertEquals(componentName(a, digests[0]) === componentName(b, digests[0]), a === b);
  }));
});
