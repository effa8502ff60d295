import { assertEquals } from "@std/assert";
import type { DeadRecord, StoredResult } from "@troupe/host/crew/store";
import { verdictOf } from "./attacks.ts";

const result = (part: Partial<StoredResult>) =>
  ({ phase: "succeeded", payload: "null", error: "", ...part }) as StoredResult;
const dead = (part: Partial<DeadRecord>) => part as DeadRecord;
const searched = (found: string[]) => JSON.stringify({ attack: "env", tried: ["a", "b"], found });

Deno.test("an attack is contained when the platform ended it, or it found nothing", () => {
  const timeout = result({ phase: "failed", error: '{"type":"troupe.Timeout","message":"too long"}' });
  assertEquals(verdictOf({ results: [timeout], dead: [] }), {
    contained: true,
    what: "troupe.Timeout: too long",
  });
  const nothing = verdictOf({ results: [result({ payload: searched([]) })], dead: [] });
  assertEquals(nothing, { contained: true, what: "nothing there: it looked for a, b" });
  const letter = dead({ reason: "troupe.StageViolation", message: "forged" });
  assertEquals(verdictOf({ results: [], dead: [letter] }).contained, true);
});

Deno.test("an attack is not contained when it found, emitted or doubled something, or failed by itself", () => {
  const own = result({ phase: "failed", error: '{"type":"guest.troupe.Timeout","message":"posing"}' });
  for (
    const results of [
      [],
      [result({ payload: searched(["a"]) })],
      [result({ payload: '{"n":1}' })],
      [result({ payload: searched([]) }), result({ payload: searched([]) })],
      [own],
    ]
  ) assertEquals(verdictOf({ results, dead: [] }).contained, false, JSON.stringify(results));
});
