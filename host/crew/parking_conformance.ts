/**
 * What every parking has to keep, as tests. Each store plugs itself in with one call, on the real thing.
 *
 * @module
 */

import { type StoreHarness, testsOn } from "./_store_harness_testing.ts";
import { assertEquals } from "@std/assert";
import type { Ending, ParkRequest } from "./parked.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const texts = (bodies: readonly { readonly body: Uint8Array }[]) =>
  bodies.map(({ body }) => new TextDecoder().decode(body));

function request(id: string, more: Partial<ParkRequest> = {}): ParkRequest {
  return {
    key: `${id}/1/0`,
    id,
    root: "root",
    actor: "a",
    question: '{"ask":"?"}',
    run: "",
    body: bytes(`body of ${id}`),
    at: 1000,
    ...more,
  };
}

function ending(answer: string, more: Partial<Ending> = {}): Ending {
  return { kind: "answer", answer, reason: "", token: `by ${answer}`, at: 2000, ...more };
}

/** Runs the tests. @param start Makes a database that is empty. */
export function testParking(name: string, start: () => Promise<StoreHarness>): void {
  const test = testsOn(`parking in ${name}`, start);

  test("what is parked waits, once, and is found by key and by id", async ({ parking }, harness) => {
    assertEquals(await parking.park(request("1")), { verdict: "parked" });
    assertEquals(await parking.park(request("1", { body: bytes("another"), at: 1500 })), {
      verdict: "repeat",
    });
    await parking.park(request("2", { dueAt: 3000, actor: "" }));
    const { parking: other } = await harness.open();
    const { run: _run, body: _body, ...shown } = request("1");
    assertEquals(await other.find("1"), { ...shown, repeats: 1 });
    assertEquals(await other.find("1/1/0"), { ...shown, repeats: 1 });
    assertEquals(await other.find("3"), undefined);
    assertEquals((await other.waiting()).items.map(({ id, dueAt }) => [id, dueAt]), [["1", undefined], [
      "2",
      3000,
    ]]);
    assertEquals(texts(await other.bodies("1/1/0")), ["body of 1"]);
  });

  test("a listing comes in pages", async ({ parking }) => {
    for (const id of ["1", "2", "3"]) await parking.park(request(id));
    const first = await parking.waiting({ limit: 2 });
    const rest = await parking.waiting({ limit: 2, after: first.next ?? NaN });
    assertEquals([first, rest].map(({ items }) => items.map(({ id }) => id)), [["1", "2"], ["3"]]);
    assertEquals(rest.next, undefined);
  });

  test("the first answer counts; the same again is no other, and another one is told which", async ({ parking }) => {
    await parking.park(request("1"));
    const first = await parking.end("1/1/0", ending("1"));
    assertEquals([first?.verdict, first?.parked.ending], ["ended", ending("1")]);
    const verdicts = [
      await parking.end("1/1/0", ending("1", { token: "somebody else", at: 3000 })),
      await parking.end("1/1/0", ending("2", { at: 3000 })),
      await parking.end("1/1/0", ending("", { kind: "cancel", token: "c", at: 3000 })),
    ];
    assertEquals(verdicts.map((verdict) => verdict?.verdict), ["same", "other", "other"]);
    for (const verdict of verdicts) assertEquals(verdict?.parked.ending, ending("1"));
    assertEquals((await parking.waiting()).items, []);
    assertEquals(await parking.end("nobody/0/0", ending("1")), undefined);
  });

  test(
    "what ended is given again to who ended it, until it is known to be sent",
    async ({ parking }, harness) => {
      await parking.park(request("1"));
      await parking.end("1/1/0", ending("1"));
      const { parking: other } = await harness.open();
      const again = await other.end("1/1/0", ending("1", { at: 9000 }));
      assertEquals(again?.verdict === "ended" ? texts(again.bodies) : again, ["body of 1"]);
      assertEquals(again?.parked.ending?.at, 2000);
      await other.sent("1/1/0", { runs: [""], now: 4000 });
      await other.sent("1/1/0", { runs: [""], now: 5000 });
      const done = await parking.end("1/1/0", ending("1"));
      assertEquals(done?.verdict === "ended" ? done.bodies : done, []);
      // It comes again from its queue: nothing more follows.
      assertEquals(await parking.park(request("1")), {
        verdict: "repeat",
        ending: ending("1"),
        unsent: false,
      });
    },
  );

  test("other executions of the same envelope wait along, and are answered with it, also later", async ({ parking }) => {
    await parking.park(request("1", { run: "r1" }));
    assertEquals(await parking.park(request("1", { run: "r2", body: bytes("second") })), {
      verdict: "repeat",
    });
    const ended = await parking.end("1/1/0", ending("1"));
    assertEquals(ended?.verdict === "ended" ? texts(ended.bodies) : ended, ["body of 1", "second"]);
    await parking.sent("1/1/0", { runs: ["r1", "r2"], now: 4000 });
    const late = request("1", { run: "r3" });
    const verdict = { verdict: "repeat", ending: ending("1"), unsent: true } as const;
    assertEquals(await parking.park(late), verdict);
    assertEquals(await parking.park(late), verdict);
    await parking.sent("1/1/0", { runs: ["r3"], now: 5000 });
    assertEquals(await parking.park(late), { ...verdict, unsent: false });
    assertEquals((await parking.find("1"))?.repeats, 2);
  });

  test("an id that waits again is found where it waits", async ({ parking }) => {
    await parking.park(request("1", { key: "1/1/0" }));
    await parking.end("1/1/0", ending("1"));
    await parking.park(request("1", { key: "1/3/0" }));
    assertEquals((await parking.find("1"))?.key, "1/3/0");
    await parking.end("1/3/0", ending("2"));
    assertEquals((await parking.find("1"))?.key, "1/3/0");
  });

  test("of many who answer at once, in several processes, one does", async ({ parking }, harness) => {
    await parking.park(request("1"));
    const stores = [parking, (await harness.open()).parking, (await harness.open()).parking];
    const verdicts = await Promise.all(
      Array.from(
        { length: 30 },
        (_, i) => (stores[i % 3] as typeof parking).end("1/1/0", ending(`${i % 2}`, { token: `${i}` })),
      ),
    );
    const count = (wanted: string) => verdicts.filter((verdict) => verdict?.verdict === wanted).length;
    assertEquals([count("ended"), count("same"), count("other")], [1, 14, 15]);
    assertEquals(new Set(verdicts.map((verdict) => verdict?.parked.ending?.token)).size, 1);
  });

  test("what has waited long enough is known until it ends", async ({ parking }) => {
    for (const [id, dueAt] of [["1", 300], ["2", 100], ["3", 200]] as const) {
      await parking.park(request(id, { dueAt }));
    }
    await parking.park(request("4"));
    assertEquals([await parking.due(99, 9), await parking.due(200, 9), await parking.due(999, 1)], [
      [],
      ["2/1/0", "3/1/0"],
      ["2/1/0"],
    ]);
    assertEquals([await parking.nextDue(0), await parking.nextDue(100), await parking.nextDue(300)], [
      100,
      200,
      undefined,
    ]);
    await parking.end("2/1/0", ending("", { kind: "timeout", token: "time" }));
    assertEquals([await parking.due(200, 9), await parking.nextDue(0)], [["3/1/0"], 200]);
  });

  test("what is over and sent on is forgotten, and nothing else", async ({ parking }) => {
    for (const id of ["sent", "unsent", "waits"]) await parking.park(request(id));
    for (const id of ["sent", "unsent"]) await parking.end(`${id}/1/0`, ending("1"));
    await parking.sent("sent/1/0", { runs: [""], now: 3000 });
    assertEquals([await parking.forget(2000), await parking.forget(2001), await parking.forget(2001)], [
      0,
      1,
      0,
    ]);
    assertEquals(await parking.find("sent"), undefined);
    assertEquals(texts(await parking.bodies("unsent/1/0")), ["body of unsent"]);
  });
}
