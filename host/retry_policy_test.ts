import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Backoff, backoffMs, DEFAULT_POLICY, type RetryPolicy } from "./retry_policy.ts";

const policyOf = (more: Partial<RetryPolicy>): RetryPolicy => ({ ...DEFAULT_POLICY, jitter: 0, ...more });

Deno.test("pauses grow as the backoff says, up to the longest", () => {
  const cases: [Backoff, number[]][] = [
    ["constant", [100, 100, 100, 100, 100]],
    ["linear", [100, 200, 300, 400, 450]],
    ["exponential", [100, 200, 400, 450, 450]],
  ];
  for (const [backoff, pauses] of cases) {
    const policy = policyOf({ backoff, initialDelayMs: 100, maxDelayMs: 450 });
    assertEquals(
      [1, 2, 3, 4, 5].map((attempt) => backoffMs(policy, { attempt, random: 0.9 })),
      pauses,
      backoff,
    );
  }
});

Deno.test("jitter takes off a part at most", () => {
  const policy = policyOf({ jitter: 0.5, initialDelayMs: 100 });
  assertEquals([0, 0.5, 1].map((random) => backoffMs(policy, { attempt: 1, random })), [100, 75, 50]);
});

Deno.test("a pause is a whole number between what jitter leaves and the longest, whatever the policy and the attempt", () => {
  const arbitrary = fc.record({
    backoff: fc.constantFrom<Backoff>("constant", "linear", "exponential"),
    initialDelayMs: fc.nat(86_400_000),
    maxDelayMs: fc.nat(86_400_000),
    jitter: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  const attempts = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
  const randoms = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(fc.property(arbitrary, attempts, randoms, (more, attempt, random) => {
    const policy = policyOf(more);
    const pause = backoffMs(policy, { attempt, random });
    const longest = backoffMs({ ...policy, jitter: 0 }, { attempt, random });
    assert(Number.isInteger(pause) && pause >= 0 && pause <= longest && longest <= policy.maxDelayMs);
    assert(pause >= longest * (1 - policy.jitter) - 0.5);
    assert(backoffMs({ ...policy, jitter: 0 }, { attempt: attempt + 1, random }) >= longest);
  }));
});
