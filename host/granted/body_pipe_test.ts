import { assertEquals, assertRejects } from "@std/assert";
import { BodyPipe } from "./body_pipe.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** All that comes out of a pipe. */
async function drain(pipe: BodyPipe): Promise<string> {
  let text = "";
  for await (const piece of pipe) text += new TextDecoder().decode(piece);
  return text;
}

Deno.test("what is pushed comes out in order, and nothing after its end", async () => {
  const pipe = new BodyPipe();
  pipe.push(bytes("a"));
  pipe.push(bytes("b"));
  const drained = drain(pipe);
  await pipe.push(bytes("c"));
  pipe.end("finished");
  pipe.end("broken");
  assertEquals(await drained, "abc");
});

Deno.test("a piece is taken when the next one is asked for, and not before", async () => {
  const pipe = new BodyPipe();
  let taken = false;
  const pushed = pipe.push(bytes("a")).then(() => taken = true);
  const pieces = pipe[Symbol.asyncIterator]();
  await pieces.next();
  await Promise.resolve();
  assertEquals(taken, false);
  const next = pieces.next();
  await pushed;
  pipe.end("finished");
  assertEquals((await next).done, true);
});

Deno.test("what is broken off ends with an error, after what was there", async () => {
  const pipe = new BodyPipe();
  pipe.push(bytes("a"));
  pipe.end("broken");
  const pieces = pipe[Symbol.asyncIterator]();
  assertEquals((await pieces.next()).value, bytes("a"));
  await assertRejects(() => pieces.next(), Error, "did not complete it");
});

Deno.test("nobody waits for a reader that is gone, or never comes", async () => {
  const left = new BodyPipe();
  const pieces = left[Symbol.asyncIterator]();
  const pushed = [left.push(bytes("a")), left.push(bytes("b"))];
  await pieces.next();
  await pieces.return?.(undefined);
  await Promise.all([...pushed, left.push(bytes("c"))]);

  const unread = new BodyPipe();
  const waiting = unread.push(bytes("a"));
  unread.release();
  await Promise.all([waiting, unread.push(bytes("b"))]);
});
