import { assert } from "@std/assert";
import { backoffMs, pause } from "./_pause.ts";

Deno.test("a pause is over with its time, and at once when its signal is aborted", async () => {
  await pause(1);
  const end = new AbortController();
  const pausing = pause(3_600_000, end.signal);
  end.abort();
  await pausing;
  await pause(3_600_000, end.signal);
});

Deno.test("each wait is up to twice as long as the one before, and none is over the most", () => {
  for (const [attempt, full] of [[1, 200], [2, 400], [3, 800], [7, 10_000], [1_000, 10_000]] as const) {
    for (let count = 0; count < 100; count++) {
      const ms = backoffMs(attempt);
      assert(ms >= full / 2 && ms <= full, `${attempt}: ${ms}`);
    }
  }
});
