import { assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { childId, deriveId, idempotentId, replayId, TROUPE_NAMESPACE } from "./lineage.ts";

/** Part of the protocol: they are the same in every release, and another implementation has to come to them too. */
const VECTORS: [id: string, name: string, make: () => Promise<string>][] = [
  [
    "62e80190-acff-561d-bc8d-6c68d5017e81",
    '["1","split",0,1]',
    () => childId("1", { actor: "split", hop: 0, index: 1 }),
  ],
  [
    "9f14f9f3-aaab-57b4-9b20-5b76fb59ed73",
    '["3f2504e0-4f89-41d3-9a0c-0305e82c3301","split",3,999]',
    () => childId("3f2504e0-4f89-41d3-9a0c-0305e82c3301", { actor: "split", hop: 3, index: 999 }),
  ],
  [
    "b946e7d9-74b1-58ec-bb06-fd5bf4acb535",
    '["é\\"\\n\u2028","a",0,1]',
    () => childId('é"\n\u2028', { actor: "a", hop: 0, index: 1 }),
  ],
  ["72706bbd-e238-510a-af3f-1139165b0fdc", '["acme","order-7"]', () => idempotentId("acme", "order-7")],
  ["2ecb7a24-ab8f-51f9-9e76-1d0fbeae3e6f", '["1","replay",1]', () => replayId("1", 1)],
  ["2a66cae9-02e7-560f-b1e1-900921c67c84", '["1","split",0]', () => deriveId(["1", "split", 0])],
];

/** RFC 9562, section 5.5, by another implementation of SHA-1. */
function uuid5(name: string): string {
  const hash = createHash("sha1").update(Uint8Array.fromHex(TROUPE_NAMESPACE.replaceAll("-", "")))
    .update(name).digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return hash.toString("hex").slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

Deno.test("the namespace is the published one", () => {
  assertEquals(TROUPE_NAMESPACE, "8d3d9f0a-6c1e-5b7e-9a54-2f7c1b0e4d63");
});

Deno.test("ids are those of the published vectors", async () => {
  for (const [id, name, make] of VECTORS) {
    assertEquals(uuid5(name), id, name);
    assertEquals(await make(), id, name);
  }
});

Deno.test("ids are UUIDv5 of compact JSON, whatever is in the parts", async () => {
  const text = fc.string({ unit: "binary" });
  const place = fc.record({
    id: text,
    actor: text,
    hop: fc.nat(256),
    index: fc.integer({ min: 1, max: 1000 }),
  });
  await fc.assert(fc.asyncProperty(place, async ({ id, actor, hop, index }) => {
    assertEquals(
      await childId(id, { actor, hop, index }),
      uuid5(`[${JSON.stringify(id)},${JSON.stringify(actor)},${hop},${index}]`),
    );
  }));
});

Deno.test("childId() tells apart what a concatenation of the parts would not", async () => {
  const places: [string, string, number, number][] = [
    ["1", "a", 1, 11],
    ["1", "a", 11, 1],
    ["1a", "", 1, 11],
    ["", "1a", 1, 11],
    ['1","a', "", 1, 11],
    ["\ud800", "a", 1, 1],
    ["\ud801", "a", 1, 1],
  ];
  const ids = await Promise.all(places.map(([id, actor, hop, index]) => childId(id, { actor, hop, index })));
  assertEquals(new Set(ids).size, places.length);
});
