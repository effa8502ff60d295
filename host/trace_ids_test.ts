import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { type HopPlace, hopSpanId, submissionSpanId, submissionTraceId } from "./trace_ids.ts";

const PLACE: HopPlace = { id: "1", actor: "split", hop: 0, attempt: 1, replay: 0 };

Deno.test("ids of spans and traces are those of the published vectors", async () => {
  assertEquals(await hopSpanId(PLACE), "c191b6391b425c27");
  assertEquals(await submissionTraceId("1"), "d346a23402855e5aae192fda52c5ab5c");
  assertEquals(await submissionSpanId("1"), "26e03f0750b65c16");
});

Deno.test("whatever differs makes another span", async () => {
  const changes: Partial<HopPlace>[] = [
    {},
    { id: "2" },
    { actor: "score" },
    { hop: 1 },
    { attempt: 2 },
    { replay: 1 },
  ];
  const ids = await Promise.all(changes.map((change) => hopSpanId({ ...PLACE, ...change })));
  assertEquals(new Set(ids).size, changes.length);
});

Deno.test("they are valid whatever the ids are", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary" }), async (id) => {
      const ids = [await hopSpanId({ ...PLACE, id }), await submissionSpanId(id)];
      for (const span of ids) {
        assertMatch(span, /^[0-9a-f]{16}$/);
        assert(!/^0+$/.test(span));
      }
      assertMatch(await submissionTraceId(id), /^[0-9a-f]{32}$/);
    }),
    { numRuns: 50 },
  );
});
