// Many documents at random, whose parts fail, abort, die and are made again, while x-join is stopped and started: each
// comes to what a model says, once.

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { unlessStuck } from "../../host/_testing.ts";
import { eventually, type Submission, WaitingMesh } from "./_waiting_mesh.ts";

type Leaf = number | "fail" | "abort" | "die";
type Document = readonly (readonly Leaf[])[];

const DOCUMENTS = 60;
const SEED = 20_260_501;
const ROUTE = "parts,more-parts,work,x-join,mid,x-join,end";

const leaf: fc.Arbitrary<Leaf> = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 9 }) },
  { weight: 1, arbitrary: fc.constantFrom("fail", "abort", "die") },
);
const documents = fc.array(fc.array(fc.array(leaf, { maxLength: 4 }), { maxLength: 4 }), {
  minLength: DOCUMENTS,
  maxLength: DOCUMENTS,
});

/** What is joined of some parts: nothing where none came. */
function joined<Part, Made>(
  parts: readonly Part[],
  make: (part: Part) => Made | undefined,
): (Made | null)[] | undefined {
  const made = parts.map(make);
  return made.some((part) => part !== undefined) ? made.map((part) => part ?? null) : undefined;
}

/** What a document comes to; nothing where every part of it ended elsewhere. */
function model(document: Document): string | undefined {
  const whole = joined(
    document,
    (part) => joined(part, (leaf) => typeof leaf === "number" ? leaf * 10 : undefined),
  );
  return whole && JSON.stringify(whole);
}

Deno.test("whatever becomes of its parts, a document is joined once, to what the model says", async () => {
  const [sample = []] = fc.sample(documents, { numRuns: 1, seed: SEED });
  const sent = sample.map((payload, i): Submission => ({ id: `doc-${i}`, route: ROUTE, payload }));
  await using mesh = await WaitingMesh.start({});
  await unlessStuck((async () => {
    // Every third document is taken twice, as after the loss of a host: its slices are of two executions.
    for (const [i, submission] of sent.entries()) {
      await mesh.send(submission, ...i % 3 === 0 ? [submission] : []);
      if (i % 20 !== 10) continue;
      await mesh.stopMember("x-join");
      mesh.runMember("x-join");
    }
    await mesh.idle();
  })());
  const ends: (string | undefined)[] = [];
  for (const { id } of sent) {
    const expected = model(sample[ends.length] ?? []);
    const result = expected === undefined
      ? await mesh.store.result(id)
      : await eventually(`the result of ${id}`, () => mesh.store.result(id));
    const isWhole = result?.reason === "" && result.phase === "succeeded";
    assertEquals(
      isWhole ? result.payload : undefined,
      expected,
      `${id}: ${JSON.stringify(sample[ends.length])}`,
    );
    if (result) assertEquals(result.conflicts, 0, id);
    for (const group of await mesh.store.joining.groups(id)) {
      assertEquals([typeof group.endedAt, group.late], ["number", 0], `${id}: ${group.g}`);
    }
    ends.push(expected);
  }
  const whole = ends.filter((end) => end !== undefined);
  assertEquals(mesh.ran.end?.toSorted(), whole.toSorted());
});
