import { assertEquals, assertMatch } from "@std/assert";
import { countOf, formatBytes, formatClock, formatCount, formatDuration, formatMoment } from "./quantity.ts";

Deno.test("counts have separators and fitting nouns", () => {
  assertEquals(formatCount(1_204_000), "1,204,000");
  assertEquals(countOf(0, "envelope"), "0 envelopes");
  assertEquals(countOf(1, "envelope"), "1 envelope");
  assertEquals(countOf(1204, "envelope"), "1,204 envelopes");
});

Deno.test("durations are said as a person would", () => {
  for (
    const [ms, text] of [
      [0, "0.0 ms"],
      [4.12, "4.1 ms"],
      [870.4, "870 ms"],
      [1000, "1.0 s"],
      [59_949, "59.9 s"],
      [59_950, "1 min 0 s"],
      [185_000, "3 min 5 s"],
      [7_260_000, "2 h 1 min"],
    ] as const
  ) assertEquals(formatDuration(ms), text);
});

Deno.test("bytes have units, and no unit is overfull", () => {
  for (
    const [bytes, text] of [
      [0, "0 B"],
      [1023, "1023 B"],
      [1024, "1.0 KiB"],
      [1024 * 1024 - 1, "1.0 MiB"],
      [10 * 1024 * 1024, "10.0 MiB"],
      [3 * 1024 ** 4, "3.0 TiB"],
    ] as const
  ) assertEquals(formatBytes(bytes), text);
});

Deno.test("times are local, to the millisecond or the second", () => {
  const at = new Date(2026, 2, 1, 9, 5, 7, 42).getTime();
  assertEquals(formatClock(at), "09:05:07.042");
  assertEquals(formatMoment(at), "2026-03-01 09:05:07");
  assertMatch(formatClock(Date.now()), /^\d\d:\d\d:\d\d\.\d{3}$/);
});
