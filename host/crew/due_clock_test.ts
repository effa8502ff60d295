import { assertEquals } from "@std/assert";
import { gate, take, withBench } from "../_testing.ts";
import { readDue, runDueClock, writeDue } from "./due_clock.ts";

Deno.test("what is due is told to its queue once, when it becomes so", async () => {
  await withBench({ queues: ["q"] }, async ({ transport, logger }) => {
    const start = Date.now();
    const all = [{ key: "now", at: start }, { key: "soon", at: start + 30 }, {
      key: "later",
      at: start + 3_600_000,
    }];
    const looked: number[] = [];
    const source = {
      due(now: number) {
        looked.push(now);
        return Promise.resolve(all.filter(({ at }) => at <= now).map(({ key }) => key));
      },
      nextDue: (after: number) =>
        Promise.resolve(all.map(({ at }) => at).filter((at) => at > after).sort((a, b) => a - b)[0]),
    };
    const clock = runDueClock("q", { source, transport, logger });
    const told = await take(transport, "q", 2);
    assertEquals(told.map(({ body }) => readDue(body)), ["now", "soon"]);
    await clock.stop();
    const { length } = looked;
    await clock.stop();
    assertEquals([looked.length, (await transport.depth("q")).ready], [length, 0]);
  });
});

Deno.test("a store that does not answer is asked again, and that is said once", async () => {
  await withBench({ queues: ["q"] }, async ({ transport, logger, lines }) => {
    let asked = 0;
    const answered = gate();
    const source = {
      due() {
        if (++asked === 1) return Promise.reject(new Error("away"));
        answered.open();
        return Promise.resolve(["k"]);
      },
      nextDue: () => Promise.resolve(undefined),
    };
    const clock = runDueClock("q", { source, transport, logger });
    await answered.opened;
    const [told] = await take(transport, "q", 1);
    assertEquals(told && readDue(told.body), "k");
    await clock.stop();
    assertEquals(lines.map(({ level }) => level), ["warn"]);
  });
});

Deno.test("nothing else is taken for such a message", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  assertEquals(readDue(writeDue('a "key"')), 'a "key"');
  for (const other of ["", "1", '{"key":"k"}', '{"x-troupe-due":1,"key":"k","id":"1"}']) {
    assertEquals(readDue(bytes(other)), undefined);
  }
});
