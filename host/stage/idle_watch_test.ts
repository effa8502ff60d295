import { assertEquals } from "@std/assert";
import { IdleWatch } from "./idle_watch.ts";

/** Watches a process whose processor time is, at each look, the next of these; resolves when there are no more. */
async function watched(times: readonly number[]): Promise<boolean> {
  const over = Promise.withResolvers<void>();
  const left = [...times];
  let busy = false;
  const watch = new IdleWatch({
    cpuMs() {
      const time = left.shift();
      if (left.length === 0) over.resolve();
      return time;
    },
    onBusy: () => busy = true,
  });
  watch.begin();
  await over.promise;
  // What follows from the last look has happened when whoever waits for it goes on.
  await Promise.resolve();
  watch.stop();
  return busy;
}

Deno.test("a sandbox that goes on using the processor is told of; one that comes to rest is not", async () => {
  assertEquals(
    await Promise.all([watched([0, 9_000, 20_000]), watched([0, 9_000, 9_050]), watched([5, 6])]),
    [
      true,
      false,
      false,
    ],
  );
});
