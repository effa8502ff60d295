import { assertEquals } from "@std/assert";
import { disposition, guestFailure } from "./resiliency.ts";

Deno.test("disposition() of each kind of failure", () => {
  const cases: [string, number, string][] = [
    ["ValueError", 1, "sink"],
    ["troupe.Timeout", 1, "sink"],
    ["troupe.DeadlineExceeded", 1, "sink"],
    ["troupe.Fatal", 1, "sump"],
    ["troupe.StageViolation", 1, "retry"],
    ["troupe.StageViolation", 2, "sump"],
  ];
  for (const [type, attempt, expected] of cases) {
    assertEquals(disposition({ type, mro: [], message: "" }, { attempt }), expected, type);
  }
});

Deno.test("a guest cannot pose as the platform", () => {
  const names: [string, string][] = [
    ["ValueError", "ValueError"],
    ["troupe.Timeout", "guest.troupe.Timeout"],
    ["troupe.", "guest.troupe."],
    ["troupe.Fatal", "troupe.Fatal"],
    ["troupe.RetryAfter", "troupe.RetryAfter"],
    ["Troupe.Timeout", "Troupe.Timeout"],
  ];
  for (const [kind, type] of names) {
    const failure = guestFailure({ kind, lineage: [kind], message: "m" });
    assertEquals(failure, { type, mro: [type], message: "m" });
  }
});
