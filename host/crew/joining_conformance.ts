/**
 * What every joining has to keep, as tests. Each store plugs itself in with one call, on the real thing.
 *
 * @module
 */

import { type StoreHarness, testsOn } from "./_store_harness_testing.ts";
import { assertEquals } from "@std/assert";
import {
  type ArrivalVerdict,
  EVERY_SLICE,
  type JoinRules,
  type JoinWork,
  type SliceArrival,
} from "./joining.ts";
import { decide } from "./join_rules.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** Rules that note what they are asked to build, and put the bodies together. */
function rules(built: JoinWork[] = []): JoinRules {
  return {
    decide,
    build(work) {
      built.push(work);
      const parts = work.slices.map(({ i, kind, body }) =>
        `${i}${kind === "end" ? "!" : ""}${new TextDecoder().decode(body)}`
      );
      return { id: "o", to: "next", body: bytes(`${work.run} ${work.cause}: ${parts.join(" ")}`) };
    },
  };
}

function arrival(i: number, more: Partial<SliceArrival> = {}): SliceArrival {
  return {
    g: "g",
    run: "r",
    i,
    n: 3,
    kind: "slice",
    id: `s${i}`,
    body: bytes(`=${i}`),
    at: 1000 + i,
    origin: "o",
    root: "root",
    ...more,
  };
}

const shown = (verdict: ArrivalVerdict | undefined) =>
  verdict &&
  (verdict.output ? `${verdict.verdict} ${new TextDecoder().decode(verdict.output.body)}` : verdict.verdict);

/** Runs the tests. @param start Makes a database that is empty. */
export function testJoining(name: string, start: () => Promise<StoreHarness>): void {
  const test = testsOn(`joining in ${name}`, start);

  test("the last slice ends it, with all of them in their order", async ({ joining }, harness) => {
    const built: JoinWork[] = [];
    assertEquals(shown(await joining.arrive(arrival(2), rules(built))), "held");
    assertEquals(shown(await joining.arrive(arrival(0), rules(built))), "held");
    assertEquals((await joining.group("g"))?.endedAt, undefined);
    const { joining: other } = await harness.open();
    assertEquals(shown(await other.arrive(arrival(1), rules(built))), "joined r all: 0=0 1=1 2=2");
    assertEquals(built.map(({ n, cause, quorum }) => [n, cause, quorum]), [[3, "all", undefined]]);
    assertEquals(await joining.group("g"), {
      g: "g",
      origin: "o",
      root: "root",
      beganAt: 1002,
      endedAt: 1001,
      cause: "all",
      joined: 3,
      missing: [],
      late: 0,
      doubles: 0,
    });
    assertEquals((await joining.groups("root")).map(({ g }) => g), ["g"]);
    assertEquals([await joining.groups("other"), await joining.group("other")], [[], undefined]);
  });

  test("what went on is frozen, and given again to the slice that ended it until it is sent", async ({ joining }) => {
    for (const i of [0, 1]) await joining.arrive(arrival(i), rules());
    const first = shown(await joining.arrive(arrival(2), rules()));
    const again = arrival(2, { body: bytes("=other") });
    assertEquals(shown(await joining.arrive(again, rules())), first);
    await joining.sent("g", 3000);
    await joining.sent("g", 4000);
    assertEquals(shown(await joining.arrive(again, rules())), "double");
    assertEquals((await joining.group("g"))?.doubles, 1);
  });

  test("a slice that comes twice is a double, and the first is kept", async ({ joining }) => {
    await joining.arrive(arrival(0), rules());
    assertEquals(shown(await joining.arrive(arrival(0, { body: bytes("=other") }), rules())), "double");
    await joining.arrive(arrival(1), rules());
    assertEquals(shown(await joining.arrive(arrival(2), rules())), "joined r all: 0=0 1=1 2=2");
    assertEquals(shown(await joining.arrive(arrival(0, { run: "another" }), rules())), "double");
    assertEquals((await joining.group("g"))?.doubles, 2);
  });

  test("executions are not mixed: the first that is whole goes on", async ({ joining }) => {
    await joining.arrive(arrival(0, { run: "a" }), rules());
    await joining.arrive(arrival(1, { run: "a" }), rules());
    for (const i of [2, 1]) {
      assertEquals(shown(await joining.arrive(arrival(i, { run: "b" }), rules())), "held");
    }
    assertEquals(shown(await joining.arrive(arrival(0, { run: "b" }), rules())), "joined b all: 0=0 1=1 2=2");
    assertEquals(shown(await joining.arrive(arrival(2, { run: "a" }), rules())), "double");
  });

  test("an end counts as a slice; what has really come takes its place", async ({ joining }) => {
    const end = (i: number) => arrival(i, { kind: "end", body: bytes("x") });
    assertEquals(shown(await joining.arrive(end(0), rules())), "told");
    assertEquals(shown(await joining.arrive(end(0), rules())), "told");
    assertEquals(shown(await joining.arrive(arrival(1), rules())), "held");
    assertEquals(shown(await joining.arrive(end(1), rules())), "told");
    assertEquals(shown(await joining.arrive(arrival(0), rules())), "held");
    assertEquals(shown(await joining.arrive(end(2), rules())), "joined r all: 0=0 1=1 2!x");
    const { joined, missing, doubles } = (await joining.group("g")) ?? {};
    assertEquals([joined, missing, doubles], [2, [2], 0]);
    assertEquals(shown(await joining.arrive(end(2), rules())), "joined r all: 0=0 1=1 2!x");
    await joining.sent("g", 3000);
    assertEquals(shown(await joining.arrive(end(2), rules())), "told");
    assertEquals(shown(await joining.arrive(arrival(2), rules())), "late");
    assertEquals(shown(await joining.arrive(arrival(2, { run: "another" }), rules())), "late");
    assertEquals((await joining.group("g"))?.late, 2);
  });

  test("enough are enough, as the first slice says", async ({ joining }) => {
    await joining.arrive(arrival(9, { n: 10, kind: "end", quorum: 1 }), rules());
    await joining.arrive(arrival(0, { n: 10, quorum: 2 }), rules());
    assertEquals((await joining.group("g"))?.quorum, 2);
    assertEquals(
      shown(await joining.arrive(arrival(5, { n: 10, quorum: 7 }), rules())),
      "joined r quorum: 0=0 5=5 9!=9",
    );
    assertEquals((await joining.group("g"))?.missing, [1, 2, 3, 4, 6, 7, 8, 9]);
    assertEquals(shown(await joining.arrive(arrival(1, { n: 10 }), rules())), "late");
  });

  test("when time is over, what has come goes on, once", async ({ joining }, harness) => {
    await joining.arrive(arrival(0, { run: "a", dueAt: 2000 }), rules());
    for (const i of [1, 2]) await joining.arrive(arrival(i, { run: "b", dueAt: 9000 }), rules());
    await joining.arrive(arrival(0, { g: "h", dueAt: 1500 }), rules());
    await joining.arrive(arrival(0, { g: "never" }), rules());
    assertEquals([await joining.due(1999, 9), await joining.due(2000, 9), await joining.due(2000, 1)], [
      ["h"],
      ["h", "g"],
      ["h"],
    ]);
    assertEquals([await joining.nextDue(0), await joining.nextDue(1500), await joining.nextDue(2000)], [
      1500,
      2000,
      undefined,
    ]);
    const expire = (now: number) => joining.expire("g", { now, rules: rules() });
    assertEquals(shown(await expire(1999)), undefined);
    assertEquals(shown(await expire(2000)), "joined b timeout: 1=1 2=2");
    assertEquals(
      shown(await (await harness.open()).joining.expire("g", { now: 2500, rules: rules() })),
      "joined b timeout: 1=1 2=2",
    );
    await joining.sent("g", 3000);
    assertEquals(shown(await expire(9999)), undefined);
    assertEquals(await joining.expire("nobody", { now: 9999, rules: rules() }), undefined);
    assertEquals(await joining.due(2000, 9), ["h"]);
  });

  test("a slice that comes before time is noticed to be over ends it, and time then does not", async ({ joining }) => {
    await joining.arrive(arrival(0, { dueAt: 1500 }), rules());
    await joining.arrive(arrival(1, { at: 1600 }), rules());
    assertEquals(shown(await joining.arrive(arrival(2, { at: 1700 }), rules())), "joined r all: 0=0 1=1 2=2");
    assertEquals(await joining.expire("g", { now: 1800, rules: rules() }), undefined);
  });

  test("of many slices at once, in several processes, one ends it", async ({ joining }, harness) => {
    const stores = [joining, (await harness.open()).joining, (await harness.open()).joining];
    const n = 30;
    const verdicts = await Promise.all(
      Array.from({ length: n * 2 }, (_, k) => {
        const i = k % n;
        return (stores[k % 3] as typeof joining).arrive(arrival(i, { n, run: k < n ? "a" : "b" }), rules());
      }),
    );
    const outputs = verdicts.flatMap((verdict) => verdict.output ? [shown(verdict)] : []);
    assertEquals(outputs.length, 1);
    const group = await joining.group("g");
    assertEquals([group?.joined, group?.missing], [n, []]);
  });

  test("a join that lacks something is listed, with what it lacks", async ({ joining }, harness) => {
    await joining.arrive(arrival(2, { g: "a", run: "s" }), rules());
    await joining.arrive(arrival(2, { g: "a", at: 1500 }), rules());
    await joining.arrive(arrival(0, { g: "a", kind: "end", at: 1400 }), rules());
    await joining.arrive(arrival(0, { g: "b", n: 2, quorum: 2, dueAt: 9000 }), rules());
    await joining.arrive(arrival(0, { g: "over", n: 1 }), rules());
    await joining.arrive(arrival(1, { g: "c" }), rules());
    const { joining: other } = await harness.open();
    const first = await other.open({ limit: 2 });
    const names = { origin: "o", root: "root" };
    assertEquals(first.items, [
      { g: "a", ...names, beganAt: 1002, lastAt: 1500, n: 3, arrived: 1, ended: 1, missing: [1] },
      {
        g: "b",
        ...names,
        beganAt: 1000,
        quorum: 2,
        dueAt: 9000,
        lastAt: 1000,
        n: 2,
        arrived: 1,
        ended: 0,
        missing: [1],
      },
    ]);
    const rest = await other.open({ after: first.next ?? NaN });
    assertEquals([rest.items.map(({ g }) => g), rest.next], [["c"], undefined]);
  });

  test("a join that waits without end is given up: too few came, whatever that is", async ({ joining, parking }) => {
    for (const i of [0, 2]) await joining.arrive(arrival(i, { g: "old", at: 10 }), rules());
    await joining.arrive(arrival(0, { g: "few", at: 10, n: 9, quorum: 4 }), rules());
    await joining.arrive(arrival(0, { g: "timed", at: 10, dueAt: 9000 }), rules());
    await joining.arrive(arrival(0, { g: "young", at: 10 }), rules());
    await joining.arrive(arrival(1, { g: "young", at: 20 }), rules());
    await joining.arrive(arrival(0, { g: "asked", at: 10, root: "waits" }), rules());
    const asks = { key: "k/1/0", id: "k", root: "waits", actor: "", question: "null", run: "", at: 5 };
    await parking.park({ ...asks, body: bytes("k") });
    assertEquals(await joining.giveUp(20, { now: 100 }), 2);
    assertEquals(await joining.giveUp(20, { now: 200 }), 0);
    assertEquals((await joining.due(100, 9)).toSorted(), ["few", "old"]);
    const built: JoinWork[] = [];
    for (const g of ["old", "few"]) await joining.expire(g, { now: 100, rules: rules(built) });
    assertEquals(built.map(({ g, cause, quorum, slices }) => [g, cause, quorum, slices.length]), [
      ["old", "timeout", EVERY_SLICE, 2],
      ["few", "timeout", 4, 1],
    ]);
    await parking.end("k/1/0", { kind: "answer", answer: "1", reason: "", token: "t", at: 6 });
    assertEquals(await joining.giveUp(20, { now: 300 }), 1);
  });

  test("what is over and sent on is forgotten, and nothing else", async ({ joining }) => {
    for (const g of ["sent", "unsent"]) await joining.arrive(arrival(0, { g, n: 1 }), rules());
    await joining.arrive(arrival(0, { g: "waits" }), rules());
    await joining.sent("sent", 3000);
    assertEquals([await joining.forget(1000), await joining.forget(1001), await joining.forget(1001)], [
      0,
      1,
      0,
    ]);
    assertEquals(await joining.group("sent"), undefined);
    assertEquals(
      shown(await joining.arrive(arrival(0, { g: "unsent", n: 1 }), rules())),
      "joined r all: 0=0",
    );
    assertEquals((await joining.groups("root")).map(({ g }) => g), ["unsent", "waits"]);
  });
}
