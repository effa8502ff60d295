import { assertEquals } from "@std/assert";
import { Writable } from "node:stream";
import { gatherWrites } from "./gathered_writes.ts";

/** A stream, and what reached it, by the call. */
function stream({ highWaterMark = 1_000 } = {}) {
  const calls: string[] = [];
  const writable = new Writable({
    highWaterMark,
    decodeStrings: false,
    write(chunk, _encoding, done) {
      calls.push(String(chunk));
      done();
    },
    writev(chunks, done) {
      calls.push(chunks.map(({ chunk }) => String(chunk)).join("+"));
      done();
    },
  });
  gatherWrites(writable);
  return { writable, calls };
}

const turn = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("what is written in one turn is written at once, in its order", async () => {
  const { writable, calls } = stream();
  for (const text of ["a", "b", "c"]) writable.write(text);
  assertEquals(calls, []);
  await turn();
  for (const text of ["d", "e"]) writable.write(text);
  await turn();
  assertEquals(calls, ["a+b+c", "d+e"]);
});

Deno.test("a stream that gathers still says when it is full, and when it has room again", async () => {
  const { writable, calls } = stream({ highWaterMark: 3 });
  const drained = new Promise((resolve) => writable.once("drain", resolve));
  assertEquals(["a", "b", "c"].map((text) => writable.write(text)), [true, true, false]);
  await drained;
  assertEquals(calls, ["a+b+c"]);
});

Deno.test("a stream that is ended, or destroyed, in the turn of a write does so", async () => {
  const ended = stream();
  ended.writable.write("a");
  ended.writable.end();
  await new Promise((resolve) => ended.writable.once("finish", resolve));
  assertEquals(ended.calls, ["a"]);
  const destroyed = stream();
  destroyed.writable.write("a");
  destroyed.writable.destroy();
  await turn();
  assertEquals(destroyed.calls, []);
});
