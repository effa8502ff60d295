// The sandbox is what may be compromised: here it is, in every way that could be thought of.

import { assert, assertEquals, assertInstanceOf, assertRejects, assertStringIncludes } from "@std/assert";
import { bundleForSandbox } from "../sandbox/bundle.ts";
import type { Limits } from "../limits.ts";
import { ComponentStartError, StageBrokenError } from "./errors.ts";
import { AT_HANDLE, AT_LOAD } from "./_forged_testing.ts";
import type { StageEvent } from "./stage.ts";
import { envelope, type StageUnderTest, testFolder, withStage } from "./_testing.ts";

const NOTHING = {
  digest: "",
  glue: new Uint8Array(),
  modules: [],
  baselineOnly: false,
  blocking: false,
  uses: new Set<string>(),
};
const LIMITS = { emits: 10, emittedBytes: 2000, logBytes: 1000, timeoutMs: 20_000 };

async function withForged(
  rule: string,
  use: (test: StageUnderTest) => Promise<void>,
  limits: Partial<Limits> = LIMITS,
): Promise<void> {
  const script = await bundleForSandbox(new URL("./_forged_testing.ts", import.meta.url), testFolder());
  await withStage(NOTHING, { actor: rule, limits, script }, use);
}

for (const rule of Object.keys(AT_LOAD)) {
  Deno.test(`a sandbox that says, when it is loaded: ${rule}`, async () => {
    await assertRejects(() => withForged(rule, () => Promise.resolve()), ComponentStartError);
  });
}

Deno.test("a sandbox that ends while it is loaded is tried again; after three, the component is to blame", async () => {
  const script = await bundleForSandbox(new URL("./_forged_testing.ts", import.meta.url), testFolder());
  const ends: string[] = [];
  const onEvent = ({ kind }: StageEvent) => void ends.push(kind);
  const started = withStage(
    NOTHING,
    { actor: "the end, at once", limits: LIMITS, script, onEvent },
    () => Promise.resolve(),
  );
  const { message } = await assertRejects(() => started, ComponentStartError);
  assertStringIncludes(message, "exit code 3");
  assertEquals(ends, ["child-died", "child-died", "child-died"]);
});

for (const rule of Object.keys(AT_HANDLE)) {
  Deno.test(`a sandbox that says, when it is given an envelope: ${rule}`, async () => {
    await withForged(rule, async ({ stage, events }) => {
      // Several are in flight: what is said of one must not become the result of another.
      const results = await Promise.allSettled(
        ["first", "second"].map((id) => stage.run(envelope(id, { secret: id }))),
      );
      const violations = events.filter((event) => event.kind === "violation");
      assert(violations.length > 0, "no violation was noticed");
      for (const event of events.filter((event) => event.kind === "child-killed")) {
        assert(!stage.pids().includes(event.pid));
      }
      for (const settled of results) {
        if (settled.status === "rejected") {
          // Blamed on no envelope, again and again: then on the component.
          assertEquals((settled.reason as { code?: string }).code, "troupe.StageBroken");
        } else if (settled.value.ok) {
          // One that kept to the rules until it was done.
          assertEquals(settled.value.emits.map(({ payload }) => payload), ["1"]);
        } else assertEquals(settled.value.failure.type, "troupe.StageViolation");
      }
    });
  });
}

Deno.test("the envelope that guest code was in answers for the violation, and nobody else", async () => {
  await withForged("an edit that the host refuses", async ({ stage, events }) => {
    const results = await Promise.all(["1", "2"].map((id) => stage.run(envelope(id, 1))));
    assertEquals(results.map((result) => result.ok || result.failure.type), [
      "troupe.StageViolation",
      "troupe.StageViolation",
    ]);
    const told = events.filter((event) => event.kind === "violation").map(({ envelopeId }) => envelopeId);
    assertEquals(told, ["1", "2"]);
    assertEquals(events.filter((event) => event.kind === "bystanders").map(({ count }) => count), [1]);
  });
});

Deno.test("a payload cannot pose as more than one member", async () => {
  await withForged("a payload that poses as more than one member", async ({ stage }) => {
    const result = await stage.run(envelope("1", 1));
    assertEquals(result.ok || result.failure.type, "troupe.BadOutput");
  });
});

Deno.test("silence: its time runs out", async () => {
  await withForged("silence", async ({ stage }) => {
    const result = await stage.run(envelope("1", 1));
    assertEquals(result.ok || result.failure.type, "troupe.Timeout");
  }, { timeoutMs: 300 });
});

Deno.test("a sandbox that does not begin is given up, and so is the component after the second", async () => {
  // Time is what is waited for here: the clock is moved instead.
  const realNow = performance.now.bind(performance);
  let ahead = 0;
  performance.now = () => realNow() + ahead;
  try {
    await withForged("not even an entry", async ({ stage, events, next }) => {
      const spare = next("child-started");
      const run = assertRejects(
        () => stage.run(envelope("1", 1)),
        StageBrokenError,
        "has not begun for 20000 ms",
      );
      await spare;
      for (let sandbox = 0; sandbox < 2; sandbox++) {
        const killed = next("child-killed");
        ahead += 30_000;
        await killed;
      }
      await run;
      assertEquals(events.filter((event) => event.kind === "bystanders").map(({ count }) => count), [1, 1]);
    });
  } finally {
    performance.now = realNow;
  }
});

Deno.test("a sandbox that ends by itself is tried again; after three, the envelope is to blame", async () => {
  await withForged("the end", async ({ stage, events }) => {
    const result = await stage.run(envelope("1", 1));
    assert(!result.ok);
    assertEquals(result.failure, {
      type: "troupe.Trap",
      mro: [],
      message: "The sandbox ended by itself (exit code 7)",
    });
    assertEquals(events.filter(({ kind }) => kind === "child-died").length, 3);
  });
});

Deno.test("a component whose sandboxes end again and again is suspended", async () => {
  await withForged("the end", async ({ stage }) => {
    const settled = await Promise.allSettled(["1", "2", "3"].map((id) => stage.run(envelope(id, 1))));
    const [first, ...rest] = settled;
    assert(first?.status === "fulfilled" && !first.value.ok);
    for (const { status, reason } of rest as PromiseRejectedResult[]) {
      assertEquals(status, "rejected");
      assertInstanceOf(reason, StageBrokenError);
      assertStringIncludes(reason.message, "exit code 7");
    }
    await assertRejects(() => stage.run(envelope("4", 1)), StageBrokenError, "suspended for 10 s");
  });
});
