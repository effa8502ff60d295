import { assertEquals, assertThrows } from "@std/assert";
import * as z from "zod/mini";
import { actor, PayloadError, type PayloadSchema } from "./actor.ts";
import { set } from "./verbs.ts";
import { run, runAsync } from "./testing.ts";

const Task = z.object({ name: z.string(), items: z.array(z.object({ n: z.int() })) });

Deno.test("a handler of any kind gets what the schema makes of the payload", async () => {
  const Trimmed = z.object({ text: z.pipe(z.string(), z.transform((text: string) => text.trim())) });
  const plain = actor(Trimmed, ({ text }) => text.length);
  assertEquals(run(plain, { text: " ab " }).payloads, [2]);
  const generator = actor(Trimmed, function* ({ text }) {
    yield set(".headers.length", text.length);
    yield text;
  });
  const hop = run(generator, { text: " ab " });
  assertEquals([hop.payloads, hop.emits[0]?.headers], [["ab"], { length: 2 }]);
  const asynchronous = actor(Trimmed, async ({ text }) => await Promise.resolve(text));
  assertEquals((await runAsync(asynchronous, { text: " ab " })).payloads, ["ab"]);
});

Deno.test("what does not fit fails with a kind, and details that list the issues", () => {
  const { failure } = run(actor(Task, ({ name }) => name), { items: [{ n: 1 }, { n: "2" }] } as never);
  assertEquals([failure?.kind, failure?.lineage], ["PayloadError", ["Error"]]);
  const { issues } = JSON.parse(failure?.details ?? "");
  assertEquals(issues.map(({ path }: { path: unknown }) => path), [["name"], ["items", 1, "n"]]);
  assertEquals(issues.every(({ message }: { message: unknown }) => typeof message === "string"), true);
});

Deno.test("where the payload as a whole does not fit, the message names no place", () => {
  const error = new PayloadError([{ message: "not a list" }, { path: [{ key: "a" }, 0], message: "empty" }]);
  assertEquals(error.message, "the payload does not fit: not a list; a.0: empty");
  assertEquals(error.details.issues, [{ path: [], message: "not a list" }, {
    path: ["a", 0],
    message: "empty",
  }]);
});

Deno.test("a schema that would have to be awaited is refused", () => {
  const late: PayloadSchema<unknown, unknown> = {
    "~standard": { validate: (value) => Promise.resolve({ value }) },
  };
  assertThrows(() => actor(late, () => 1)(1), TypeError, "async handler");
});
