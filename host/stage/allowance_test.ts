import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { RefusedCallError } from "../draft.ts";
import { DEFAULT_LIMITS } from "../limits.ts";
import { Allowance } from "./allowance.ts";

function allowance(limits: Partial<typeof DEFAULT_LIMITS> = {}): Allowance {
  return new Allowance({ ...DEFAULT_LIMITS, ...limits });
}

Deno.test("log: what is kept fits into the limit, newlines included, and nothing follows what did not fit", () => {
  fc.assert(fc.property(fc.array(fc.nat(50)), fc.nat(200), (lines, logBytes) => {
    const log = allowance({ logBytes });
    const kept = lines.map((bytes) => log.log(bytes));
    const bytes = lines.reduce((sum, bytes, n) => kept[n] ? sum + bytes + 1 : sum, 0);
    assert(bytes <= logBytes);
    const dropped = kept.indexOf(false);
    if (dropped >= 0) assert(!kept.slice(dropped).includes(true));
    else assertEquals(bytes, lines.reduce((sum, bytes) => sum + bytes + 1, 0));
  }));
});

Deno.test("empty log lines are not free", () => {
  const log = allowance({ logBytes: 3 });
  assertEquals([0, 0, 0, 0].map((bytes) => log.log(bytes)), [true, true, true, false]);
});

Deno.test("edits: so many, and so many bytes", () => {
  const many = allowance();
  for (let n = 0; n < 4096; n++) many.edit(1);
  assertThrows(() => many.edit(1), RefusedCallError, "4096 edits");
  const large = allowance();
  large.edit(1024 * 1024 - 10);
  large.edit(10);
  assertThrows(() => large.edit(1), RefusedCallError, "bytes of edits");
});

Deno.test("refused calls: so many, and so much in them; what is allowed does not count", () => {
  const many = allowance();
  for (let n = 0; n < 4096; n++) assert(many.refusal(1));
  assertEquals(many.refusal(1), false);
  const large = allowance({ emittedBytes: 1024 * 1024 });
  for (let n = 0; n < 2; n++) assert(large.refusal(2 * 1024 * 1024));
  assertEquals(large.refusal(1), false);
});

Deno.test("events: so many, so long, so many bytes, and JSON", () => {
  const of = allowance({ emits: 2, emittedBytes: 100_000 });
  assertThrows(() => of.event("{", 1), RefusedCallError, "offset 1");
  assertThrows(() => of.event("1", 65_537), RefusedCallError, "65536 bytes");
  of.event("1", 60_000);
  assertThrows(() => of.event("1", 60_000), RefusedCallError, "limits.emittedBytes");
  of.event("1", 40_000);
  assertThrows(() => of.event("1", 1), RefusedCallError, "2 events");
});
