import { assert, assertEquals, assertRejects } from "@std/assert";
import { Output } from "./output.ts";

/** A reader that takes a few bytes at a time, and goes away after some. */
function reader(options: { readonly step: number; readonly goneAfter?: number }) {
  const read: number[] = [];
  let calls = 0;
  return {
    get text() {
      return new TextDecoder().decode(new Uint8Array(read));
    },
    get calls() {
      return calls;
    },
    write(bytes: Uint8Array): Promise<number> {
      calls++;
      if (read.length >= (options.goneAfter ?? Infinity)) {
        return Promise.reject(new Deno.errors.BrokenPipe("gone"));
      }
      read.push(...bytes.subarray(0, options.step));
      return Promise.resolve(Math.min(options.step, bytes.length));
    },
  };
}

Deno.test("every line arrives, however little is taken at a time", async () => {
  const to = reader({ step: 3 });
  const out = new Output(to);
  for (const line of ["one", "", "zwei ü"]) await out.line(line);
  assertEquals(to.calls, 0);
  await out.flush();
  assertEquals(to.text, "one\n\nzwei ü\n");
});

Deno.test("much is written before the end, so that memory stays bounded", async () => {
  const to = reader({ step: 1 << 20 });
  const out = new Output(to);
  for (let i = 0; i < 100; i++) await out.line("x".repeat(2000));
  assert(to.text.length > 100_000);
  await out.flush();
  assertEquals(to.text.length, 100 * 2001);
});

Deno.test("a reader that goes away closes the output, quietly", async () => {
  const to = reader({ step: 4, goneAfter: 8 });
  const out = new Output(to);
  await out.line("a line that is longer than eight bytes");
  await out.flush();
  assert(out.closed);
  const { calls } = to;
  await out.line("more");
  await out.flush();
  assertEquals(to.calls, calls);
});

Deno.test("another error is no quiet end", async () => {
  const out = new Output({ write: () => Promise.reject(new Deno.errors.PermissionDenied("no")) });
  await out.line("x");
  await assertRejects(() => out.flush(), Deno.errors.PermissionDenied);
});
