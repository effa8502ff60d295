import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { obedientActor, watComponent } from "../_testing.ts";
import { KEEPER } from "./_keeper_testing.ts";
import { call, hop, openComponent } from "./_restored_testing.ts";

/** What restored and new instances are compared on. */
interface Comparison {
  /** After it an instance can be put back. */
  readonly plain: string;
  readonly payloads: fc.Arbitrary<string>;
  readonly numRuns: number;
}

/** Restored and new instances get the same payloads: they are to start alike, and to say the same. */
async function compare(bytes: Uint8Array, { plain, payloads, numRuns }: Comparison): Promise<void> {
  const component = await openComponent(bytes);
  assertEquals(component.why, undefined);
  const instances = component.restored();
  let hops = 0;
  const compareOn = async (payloads: readonly string[]) => {
    for (const payload of payloads) {
      hops++;
      const [restored, fresh] = [instances.take(), component.fresh()];
      assertEquals(await component.stateOf(restored), await component.stateOf(fresh));
      const outcome = await call(restored, payload);
      assertEquals(outcome, await call(fresh, payload));
      assertEquals(await component.stateOf(restored), await component.stateOf(fresh));
      instances.done(restored, outcome.thrown === undefined ? "returned" : "failed");
      if (hops % 3 === 0) instances.tidy();
    }
  };
  await compareOn([plain, plain, plain]);
  // Restored they were: beside those to compare with, one was made, and one more before the first was put back.
  assert(component.made() - hops <= 2, `${component.made()} instances for ${hops} hops`);
  await fc.assert(fc.asyncProperty(fc.array(payloads, { minLength: 1, maxLength: 8 }), compareOn), {
    numRuns,
  });
}

Deno.test("restored instances are as new ones: state of every sort", async () => {
  const payload = fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 0, max: 6 }) },
    { weight: 1, arbitrary: fc.integer({ min: 7, max: 9 }) },
  );
  await compare(await watComponent(KEEPER), { plain: "1", payloads: payload.map(String), numRuns: 60 });
});

Deno.test("restored instances are as new ones: JavaScript", async () => {
  const text = fc.string({ unit: "grapheme", maxLength: 2_000 });
  const fails = fc.constantFrom(["fail", { kind: "Odd" }], ["trap"]);
  const step = fc.oneof(
    fc.constant(["count"]),
    fc.constant(["random"]),
    fc.constant(["get", "headers"]),
    fc.constant(["caught", "set", "status", 1]),
    fc.tuple(fc.constant("set"), fc.constant("headers.b"), text),
    fc.tuple(fc.constant("emit"), fc.jsonValue()),
    fc.tuple(fc.constant("log"), fc.constant("info"), text),
  );
  const steps = fc.array(fc.oneof({ weight: 15, arbitrary: step }, { weight: 1, arbitrary: fails }), {
    maxLength: 5,
  });
  const payloads = steps.map((steps) => JSON.stringify({ do: steps }));
  await compare(await obedientActor(), { plain: '{"do":[]}', payloads, numRuns: 15 });
});

Deno.test("an instance serves on until it cannot be put back", async () => {
  const component = await openComponent(await watComponent(KEEPER));
  const instances = component.restored();
  for (const payload of ["1", "5", "3"]) assertEquals((await hop(instances, payload)).returned, "1000000101");
  assertEquals(component.made(), 1);
  for (const [payload, made] of [["7", 1], ["0", 2], ["8", 2], ["0", 3], ["9", 3], ["0", 4]] as const) {
    await hop(instances, payload);
    assertEquals([payload, component.made()], [payload, made]);
  }
  assertEquals((await hop(instances, "1")).returned, "1000000101");
});
