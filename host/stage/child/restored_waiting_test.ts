/**
 * Guests that wait for the host: while one waits, instances that served others are put back and serve again. None of them
 * can tell.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { stateActor } from "../../granted/_state_actor_testing.ts";
import { stateComponent, watComponent } from "../_testing.ts";
import { encodeMessage } from "../wire/ask.ts";
import { SLEEPING_KEEPER } from "./_keeper_testing.ts";
import { type Asked, Flight, hop, type OpenComponent, openComponent } from "./_restored_testing.ts";
import type { InstanceSource } from "./instance_source.ts";

/** What restored and new instances are compared on. */
interface Comparison {
  /** After it an instance can be put back. */
  readonly plain: string;
  readonly payloads: fc.Arbitrary<string>;
  readonly numRuns: number;
}

/**
 * Restored and new instances get the same payloads, several hops of each kind being in flight at once: they are to start
 * alike, whatever others wait for, and to say the same.
 */
async function compare(bytes: Uint8Array, { plain, payloads, numRuns }: Comparison): Promise<void> {
  const component = await openComponent(bytes);
  assertEquals([component.why, component.blocking], [undefined, true]);
  const instances = component.restored();
  let hops = 0;
  const one = async (payload: string, flight: Flight) => {
    hops++;
    const [restored, fresh] = [instances.take(), component.fresh()];
    assertEquals(await component.stateOf(restored), await component.stateOf(fresh));
    const [outcome, expected] = await Promise.all([restored, fresh].map((of) => flight.call(of, payload)));
    assertEquals(outcome, expected);
    assertEquals(await component.stateOf(restored), await component.stateOf(fresh));
    instances.done(restored, outcome?.thrown === undefined ? "returned" : "failed");
    if (hops % 3 === 0) instances.tidy();
  };
  const lane = async (payloads: readonly string[], flight: Flight) => {
    for (const payload of payloads) await one(payload, flight);
  };
  await lane([plain, plain, plain], new Flight(answerLater));
  assert(component.made() - hops <= 2, `${component.made()} instances for ${hops} hops`);
  const lanes = fc.array(fc.array(payloads, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 });
  const property = fc.asyncProperty(lanes, async (lanes) => {
    const flight = new Flight(answerLater);
    await Promise.all(lanes.map((payloads) => lane(payloads, flight)));
  });
  await fc.assert(property, { numRuns });
}

const TEXT = new TextEncoder();

/** Every question gets an answer that depends on its key, after a while that does so too. */
function answerLater({ key, answer }: Asked): void {
  const value = TEXT.encode([...key].reverse().join(""));
  setTimeout(
    () => answer(encodeMessage({ version: "1", deleted: true, number: "7" }, value)),
    key.length % 4,
  );
}

Deno.test("restored instances are as new ones while others sleep: state of every sort", async () => {
  const payload = fc.oneof(
    { weight: 12, arbitrary: fc.integer({ min: 0, max: 6 }) },
    { weight: 1, arbitrary: fc.integer({ min: 7, max: 9 }) },
  );
  await compare(await watComponent(SLEEPING_KEEPER), {
    plain: "1",
    payloads: payload.map(String),
    numRuns: 40,
  });
});

Deno.test("what a guest keeps is there while it sleeps, and gone for the next", async () => {
  const component = await openComponent(await watComponent(SLEEPING_KEEPER));
  const instances = component.restored();
  const flight = new Flight();
  for (let round = 0; round < 4; round++) {
    const outcomes = await Promise.all(["1", "6", "3"].map((payload) => hop(instances, payload, flight)));
    assertEquals(outcomes.map(({ returned }) => returned), Array(3).fill("1000000101"));
  }
  assertEquals(component.made(), 3);
});

Deno.test("restored instances are as new ones while others ask: JavaScript", async () => {
  const key = fc.string({ minLength: 1, maxLength: 40 });
  const step = fc.oneof(
    fc.tuple(fc.constant("get"), key),
    fc.tuple(fc.constant("set"), key, fc.string({ maxLength: 500 })),
    fc.tuple(fc.constant("delete"), key),
    fc.tuple(fc.constant("add"), key, fc.constant("1")),
    fc.constant(["longKey", 600]),
  );
  const steps = fc.array(
    fc.oneof({ weight: 12, arbitrary: step }, { weight: 1, arbitrary: fc.constant(["fail"]) }),
    { maxLength: 4 },
  );
  const payloads = steps.map((steps) => JSON.stringify(steps));
  await compare(await stateActor(), { plain: '[["get","a"]]', payloads, numRuns: 12 });
});

/** A guest that asks for its payload, leaves its answer in its memory, and returns it. */
const asking = await stateComponent();
/** The same, which traps when it has the answer. */
const trapping = await stateComponent("unreachable");

/** Questions, kept until a test answers them. */
function keptQuestions() {
  const asked: Asked[] = [];
  let wake = () => {};
  const until = async (count: number) => {
    while (asked.length < count) await new Promise<void>((resolve) => wake = resolve);
  };
  const flight = new Flight((question) => {
    asked.push(question);
    wake();
  });
  const answer = (n: number, value: string) =>
    asked[n]?.answer(encodeMessage({ version: "1" }, TEXT.encode(value)));
  return { flight, until, answer };
}

/** What the next hop says, of whom nothing is known; it is to be as on a new instance. */
async function nextHop(component: OpenComponent, instances: InstanceSource): Promise<void> {
  const { flight, until, answer } = keptQuestions();
  const instance = instances.take();
  assertEquals(await component.stateOf(instance), await component.stateOf(component.fresh()));
  instances.done(instance, "failed");
  const next = hop(instances, '"next"', flight);
  await until(1);
  answer(0, '"for the next"');
  assertEquals((await next).returned, '"for the next"');
}

Deno.test("several hops wait on an instance each, and those serve again", async () => {
  const component = await openComponent(asking);
  const instances = component.restored();
  for (let round = 0; round < 5; round++) {
    const { flight, until, answer } = keptQuestions();
    const hops = [0, 1, 2, 3].map((n) => hop(instances, `"${round}.${n}"`, flight));
    await until(4);
    for (const n of [2, 0, 3, 1]) answer(n, `"answer ${round}.${n}"`);
    assertEquals(
      (await Promise.all(hops)).map(({ returned }) => returned),
      [0, 1, 2, 3].map((n) => `"answer ${round}.${n}"`),
    );
  }
  assertEquals(component.made(), 4);
});

Deno.test("an instance whose hop was given up while it waited does not serve again, nor is it written to", async () => {
  const component = await openComponent(asking);
  const instances = component.restored();
  const { flight, until, answer } = keptQuestions();
  const instance = instances.take();
  const given = flight.begin(instance, '"secret"');
  await until(1);
  const before = await component.stateOf(instance);
  given.abandon();
  assertEquals((await given.outcome).thrown, "abandoned");
  instances.done(instance, "failed");
  answer(0, '"late"');
  await nextHop(component, instances);
  assert(instances.take() !== instance);
  assertEquals(await component.stateOf(instance), before);
});

Deno.test("nor does one that failed when it had waited", async () => {
  const component = await openComponent(trapping);
  const instances = component.restored();
  for (let n = 0; n < 3; n++) {
    const { flight, until, answer } = keptQuestions();
    const instance = instances.take();
    assertEquals(await component.stateOf(instance), await component.stateOf(component.fresh()));
    const outcome = flight.call(instance, '"secret"');
    await until(1);
    answer(0, '"answer"');
    assertEquals((await outcome).thrown, "RuntimeError: wasm trap: wasm `unreachable` instruction executed");
    instances.done(instance, "failed");
  }
  assertEquals(component.made(), 6);
});
