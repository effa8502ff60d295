import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Rate, TokenBucket } from "./rate.ts";

const rates: fc.Arbitrary<Rate> = fc.record({
  count: fc.integer({ min: 1, max: 1_000_000 }),
  perMs: fc.constantFrom(1_000, 60_000, 3_600_000, 86_400_000),
});

Deno.test("however it is asked, no more is given than the rate and one second's worth", () => {
  fc.assert(fc.property(rates, fc.array(fc.nat(5_000), { maxLength: 200 }), (rate, pauses) => {
    const bucket = new TokenBucket(rate, 0);
    let now = 0;
    let given = 0;
    for (const pause of pauses) {
      now += pause;
      while (given < 10_000 && bucket.take({ now, share: 1 }) === 0) given++;
      const perMs = rate.count / rate.perMs;
      assert(given <= Math.max(1, perMs * 1000) + now * perMs + 1e-6, `${given} by ${now}`);
    }
  }));
});

Deno.test("who waits as long as it says gets one", () => {
  fc.assert(fc.property(rates, fc.double({ min: 0.01, max: 1, noNaN: true }), (rate, share) => {
    const bucket = new TokenBucket(rate, 0);
    let now = 0;
    for (let given = 0; given < 20;) {
      const wait = bucket.take({ now, share });
      if (wait === 0) given++;
      else {
        now += wait;
        assertEquals(bucket.take({ now, share }), 0);
        given++;
      }
    }
  }));
});

Deno.test("a clock that goes back gives nothing", () => {
  const bucket = new TokenBucket({ count: 1, perMs: 1000 }, 10_000);
  assertEquals([bucket.take({ now: 10_000, share: 1 }), bucket.take({ now: 0, share: 1 })], [0, 1000]);
});
