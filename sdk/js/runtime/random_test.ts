import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { makeCrypto, RandomPool } from "./random.ts";

function counting(): { source: (length: number) => Uint8Array; calls: number[] } {
  const calls: number[] = [];
  return {
    calls,
    source(length) {
      calls.push(length);
      return crypto.getRandomValues(new Uint8Array(length));
    },
  };
}

function begun(): RandomPool {
  const pool = new RandomPool();
  pool.begin(counting().source);
  return pool;
}

Deno.test("the ends of the range are reached, and not passed", () => {
  const pool = new RandomPool();
  pool.begin((length) => new Uint8Array(length));
  assertEquals(pool.float(), 0);
  pool.begin((length) => new Uint8Array(length).fill(255));
  assertEquals(pool.float(), 1 - 2 ** -53);
});

Deno.test("numbers are spread evenly", () => {
  const pool = begun();
  const buckets = new Array(10).fill(0);
  for (let n = 0; n < 10_000; n++) buckets[Math.floor(pool.float() * 10)]++;
  // Six standard deviations: one run in a thousand million fails by chance.
  assert(buckets.every((count) => Math.abs(count - 1000) < 180), String(buckets));
});

Deno.test("the host is asked once for many numbers, and again for the next hop", () => {
  const { source, calls } = counting();
  const pool = new RandomPool();
  pool.begin(source);
  const first = Array.from({ length: 64 }, () => pool.float());
  assertEquals(calls, [512]);
  pool.begin(source);
  assertEquals(first.includes(pool.float()), false);
  assertEquals(calls, [512, 512]);
});

Deno.test("no byte is given twice", () => {
  let next = 0;
  const pool = new RandomPool();
  pool.begin((length) => Uint8Array.from({ length }, () => next++ % 251));
  const given = [pool.bytes(3), pool.bytes(8), pool.bytes(500), pool.bytes(600)].map((bytes) => [...bytes]);
  assertEquals(given.map(({ length }) => length), [3, 8, 500, 600]);
  assertEquals(given[0], [0, 1, 2]);
  assertEquals(given[1]?.[0], 3);
  assertEquals(given[2]?.[0], 11);
});

Deno.test("random bytes are refused while no envelope is being handled", () => {
  const pool = new RandomPool();
  assertThrows(() => pool.bytes(1), Error, "while the module is loaded");
  pool.begin(counting().source);
  pool.bytes(1);
  pool.end();
  assertThrows(() => pool.bytes(1), Error, "while the module is loaded");
});

Deno.test("a UUID is of version 4, and a new one each time", () => {
  const { randomUUID } = makeCrypto(begun());
  const [a, b] = [randomUUID(), randomUUID()];
  for (const id of [a, b]) {
    assertMatch(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
  assert(a !== b);
});

Deno.test("arrays of integers are filled, within their bounds", () => {
  const { getRandomValues } = makeCrypto(begun());
  const words = new Uint32Array(4);
  assert(getRandomValues(words.subarray(1, 3)).some((word) => word !== 0));
  assertEquals([words[0], words[3]], [0, 0]);
  assertEquals(getRandomValues(new BigInt64Array(2)).length, 2);
});

Deno.test("what the standard refuses is refused", () => {
  const { getRandomValues } = makeCrypto(begun());
  for (
    const [array, name] of [[new Float64Array(1), "TypeMismatchError"], [
      new Uint8Array(65_537),
      "QuotaExceededError",
    ]]
  ) {
    assertEquals(assertThrows(() => getRandomValues(array as Uint8Array), DOMException).name, name);
  }
});
