import { assert, assertEquals } from "@std/assert";
import { Limit } from "./_limit.ts";

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));

Deno.test("a limit ends by its time, and says that it was that", async () => {
  using limit = new Limit(1);
  await aborted(limit.signal);
  assert(limit.expired);
  assertEquals(limit.signal.reason.name, "TimeoutError");
});

Deno.test("a limit ends with the signal that it follows, with that one's reason", () => {
  const followed = new AbortController();
  using limit = new Limit(60_000, followed.signal);
  followed.abort("enough");
  assertEquals([limit.signal.reason, limit.expired], ["enough", false]);
  using late = new Limit(60_000, followed.signal);
  assertEquals([late.signal.reason, late.expired], ["enough", false]);
});

Deno.test("a limit that is paused does not end, until its time counts again", async () => {
  using limit = new Limit(1);
  limit.pause();
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert(!limit.signal.aborted);
  limit.restart();
  await aborted(limit.signal);
});

Deno.test("a limit can count from before", async () => {
  using limit = new Limit(60_000);
  limit.restart(59_999);
  await aborted(limit.signal);
  assert(limit.expired);
});

Deno.test("a limit that is let go ends who is still at it, and is not said to have run out", () => {
  const limit = new Limit(60_000);
  limit[Symbol.dispose]();
  assert(limit.signal.aborted && !limit.expired);
});
