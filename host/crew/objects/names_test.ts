import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { claimsFolder, deadKey, resultKey } from "./names.ts";

Deno.test("a result is found by its phase, its root and its id", async () => {
  const key = (id: string, root = id, replay = 0) => resultKey({ id, root, phase: "succeeded", replay });
  assertEquals(await key("order-17"), "results/succeeded/order-17/order-17.json");
  assertEquals(await key("a.2", "a", 3), "results/succeeded/a/a.2!r3.json");
  assertEquals(await key("../é b", "."), "results/succeeded/!2E/!2E.!2F!C3!A9!20b.json");
});

Deno.test("what is dead is found by its root, its id and the hop", async () => {
  const key = (key: string, id: string, root: string) => deadKey({ key, id, root });
  assertEquals(await key("a/b/2/0", "a/b", "a"), "dead/a/a!2Fb/2.json");
  assertEquals(await key("b/2/1", "b", "a"), "dead/a/b/2!r1.json");
  assertEquals(await key("x-sump/00ff/m", "", ""), "dead/!none/x-sump/00ff/m.json");
});

Deno.test("claims are kept by the day", () => {
  assertEquals(claimsFolder(Date.UTC(2026, 0, 2, 23, 59)), "claims/2026-01-02/");
});

Deno.test("different names are different keys, which every server takes", async () => {
  const name = fc.oneof(
    fc.string({ minLength: 1, maxLength: 300, unit: "binary" }),
    fc.constantFrom("a", "a!r1", "a.json", ".", "..", "!none", "x".repeat(300), "x".repeat(301)),
  ).filter((text) => text.isWellFormed());
  const record = fc.record({ id: name, root: name, phase: name, replay: fc.nat(2) });
  await fc.assert(fc.asyncProperty(record, record, async (one, other) => {
    const keys = [await resultKey(one), await resultKey(other)];
    for (const key of keys) {
      assert(key.split("/").length === 4 && key.split("/").every((part) => part.length <= 200), key);
      assert(/^[\w!.*'()/-]+$/.test(key), key);
    }
    assertEquals(keys[0] === keys[1], JSON.stringify(one) === JSON.stringify(other));
  }));
});
