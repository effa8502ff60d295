import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { encodeParts, PartsError, readParts } from "./parts.ts";

const BOUNDS = { parts: 10, bytes: 1_000 };

/** A stream that gives bytes in pieces of a size. */
function inPieces(bytes: Uint8Array<ArrayBuffer>, size: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  const count = Math.ceil(bytes.length / size);
  return ReadableStream.from(Array.from({ length: count }, (_, n) => bytes.slice(n * size, (n + 1) * size)));
}

async function joined(parts: readonly Uint8Array<ArrayBuffer>[]): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Blob(encodeParts(parts)).arrayBuffer());
}

Deno.test("parts come out as they went in, however the stream cuts them", async () => {
  const parts = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 10 });
  await fc.assert(fc.asyncProperty(parts, fc.integer({ min: 1, max: 60 }), async (parts, size) => {
    const given = parts.map((part) => new Uint8Array(part));
    assertEquals(await readParts(inPieces(await joined(given), size), BOUNDS), given);
  }));
});

Deno.test("what is no message, or too large a one", async (t) => {
  const whole = await joined([new Uint8Array(10), new Uint8Array(20)]);
  const head = (...numbers: number[]) =>
    new Uint8Array(numbers.flatMap((n) => [n >>> 24, n >>> 16, n >>> 8, n]));
  const cases: [string, Uint8Array<ArrayBuffer>, string][] = [
    ["nothing", new Uint8Array(), "too early"],
    ["half a count", head(1).slice(0, 2), "too early"],
    ["a cut", whole.slice(0, -1), "too early"],
    ["more than the message", new Uint8Array([...whole, 1]), "behind"],
    ["too many parts", head(0xffffffff), "4294967295 parts"],
    ["a part that is too long", head(1, 1_001), "1001 bytes"],
    ["parts that are too long together", head(2, 0xffffffff, 0xffffffff), "8589934590 bytes"],
  ];
  for (const [name, bytes, said] of cases) {
    await t.step(name, async () => {
      await assertRejects(() => readParts(inPieces(bytes, 7), BOUNDS), PartsError, said);
    });
  }
});

Deno.test("a stream that goes on is let go", async () => {
  const cancelled = Promise.withResolvers<void>();
  const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => controller.enqueue(new Uint8Array(100).fill(255)),
    cancel: () => cancelled.resolve(),
  });
  await assertRejects(() => readParts(endless, BOUNDS), PartsError);
  await cancelled.promise;
});
