import { assertEquals } from "@std/assert";
import type { Verdict } from "@troupe/host/hop_record";
import { HopWindow, quantile } from "./window.ts";

const add = (window: HopWindow, at: number, tookMs = 10, verdict: Verdict = "forwarded") =>
  window.add({ at, tookMs, verdict });

Deno.test("rates are those of the window that ends now", () => {
  const window = new HopWindow({ windowMs: 10_000, since: 0 });
  for (let at = 0; at < 20_000; at += 100) add(window, at, 50, at % 1000 === 0 ? "failed" : "forwarded");
  add(window, 19_999, 50, "dead");
  add(window, 19_999, 50, "retried");
  const { hops, failed, retried, p50Ms, p99Ms, busy } = window.figures(20_000);
  assertEquals([hops, failed, retried], [10.1, 1, 0.1]);
  assertEquals([p50Ms, p99Ms], [50, 50]);
  assertEquals(busy, 0.505);
  assertEquals(window.figures(40_000), {
    hops: 0,
    failed: 0,
    retried: 0,
    p50Ms: undefined,
    p99Ms: undefined,
    busy: 0,
  });
});

Deno.test("what has been listened to for less than the window is not spread over all of it", () => {
  const window = new HopWindow({ windowMs: 10_000, since: 5_000 });
  for (let n = 0; n < 10; n++) add(window, 5_500);
  assertEquals(window.figures(6_000).hops, 10);
  assertEquals(window.figures(7_000).hops, 5);
});

Deno.test("more than can be kept is told by the newest", () => {
  const window = new HopWindow({ windowMs: 10_000, since: 0 });
  for (let n = 0; n < 200_000; n++) add(window, 20_000 + n / 20, 1);
  const { hops, busy } = window.figures(30_000);
  assertEquals([Math.round(hops / 100), Math.round(busy)], [200, 20]);
});

Deno.test("quantiles are values that were there", () => {
  const cases: [sorted: number[], p50: number | undefined, p99: number | undefined][] = [
    [[], undefined, undefined],
    [[7], 7, 7],
    [[1, 2], 1, 2],
    [[1, 2, 3], 2, 3],
    [Array.from({ length: 100 }, (_, n) => n + 1), 50, 99],
    [Array.from({ length: 1000 }, (_, n) => n + 1), 500, 990],
  ];
  for (const [sorted, p50, p99] of cases) {
    assertEquals([quantile(sorted, 0.5), quantile(sorted, 0.99)], [p50, p99]);
  }
});
