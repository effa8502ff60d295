import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { BadLineError, type Line, readLines } from "./lines.ts";

const MAX = { maxBytes: 1000 };

function stream(...chunks: (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  return ReadableStream.from(
    chunks.map((chunk) => typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk),
  );
}

async function linesOf(...chunks: (string | Uint8Array)[]): Promise<Line[]> {
  return (await Array.fromAsync(readLines(stream(...chunks), MAX))).flat();
}

Deno.test("lines have numbers; blank ones are counted and left out", async () => {
  assertEquals(await linesOf('{"a":1}\n\n  \n2\r\n"drei"'), [
    { number: 1, text: '{"a":1}' },
    { number: 4, text: "2" },
    { number: 5, text: '"drei"' },
  ]);
  assertEquals(await linesOf(), []);
  assertEquals(await linesOf("\n\n"), []);
});

Deno.test("each chunk gives the lines that it completes", async () => {
  const batches = await Array.fromAsync(readLines(stream("1\n2\n3", "4\n", "5"), MAX));
  assertEquals(batches.map((batch) => batch.map(({ text }) => text)), [["1", "2"], ["34"], ["5"]]);
});

Deno.test("however the bytes are cut, the lines are the same", async () => {
  const text = fc.array(fc.string({ unit: "grapheme" }).map((line) => line.replaceAll(/[\r\n]/g, "") + "x"));
  await fc.assert(fc.asyncProperty(text, fc.integer({ min: 1, max: 7 }), async (lines, step) => {
    const bytes = new TextEncoder().encode(lines.join("\n"));
    const chunks = Array.from(
      { length: Math.ceil(bytes.length / step) },
      (_, i) => bytes.slice(i * step, (i + 1) * step),
    );
    assertEquals((await linesOf(...chunks)).map(({ text }) => text), lines);
  }));
});

Deno.test("a byte order mark is no part of the first line, and stays in others", async () => {
  assertEquals((await linesOf("\ufeff1\n\ufeff2")).map(({ text }) => text), ["1", "\ufeff2"]);
});

Deno.test("a line that is too long is refused without being gathered", async () => {
  let pulled = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled++;
      controller.enqueue(new Uint8Array(100).fill(120));
    },
  });
  const error = await assertRejects(() => Array.fromAsync(readLines(endless, MAX)), BadLineError, "line 1");
  assertEquals(error.code, "troupe.BadLine");
  assert(pulled < 20);
});

Deno.test("a bad line comes with those before it, which are good", async () => {
  const error = await assertRejects(
    () => linesOf("1\n2\n", new Uint8Array([0x33, 10, 0xff, 10])),
    BadLineError,
  );
  assertEquals(error.message, "line 4 is not UTF-8");
  assertEquals(error.before, [{ number: 3, text: "3" }]);
});
