// Guests that wait for the host: others run meanwhile, and each is on its own.

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { envelope, stateComponent, withStage } from "./_testing.ts";
import { FrameError } from "./wire/frames.ts";
import { decodeMessage, encodeMessage } from "./wire/ask.ts";
import { type AskingHop, type Service, ServiceUnavailableError } from "./services.ts";

const TEXT = new TextEncoder();

/** A service that answers when the test lets it. */
function scriptedState() {
  const asked: {
    key: string;
    hop: AskingHop;
    answer: (value: string) => void;
    fail: (error: Error) => void;
  }[] = [];
  const waiting: (() => void)[] = [];
  const state: Service = {
    begin: (hop) => ({
      ask: (question) => {
        const { key } = decodeMessage(question).head as { key: string };
        const { promise, resolve, reject } = Promise.withResolvers<Uint8Array<ArrayBuffer>>();
        const answer = (value: string) => resolve(encodeMessage({ version: "1" }, TEXT.encode(value)));
        asked.push({ key, hop, answer, fail: reject });
        for (const wake of waiting.splice(0)) wake();
        return promise;
      },
    }),
  };
  /** Resolves when so many questions have come. */
  const until = async (count: number) => {
    while (asked.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  return { state, asked, until };
}

const component = await stateComponent();

Deno.test("while guests wait, others run: each gets its own answer, in whatever order they come", async () => {
  const { state, asked, until } = scriptedState();
  await withStage(component, { services: { state } }, async ({ stage }) => {
    const runs = Array.from({ length: 20 }, (_, n) => stage.run(envelope(`${n}`, `key-${n}`)));
    await until(20);
    assertEquals(new Set(asked.map(({ key }) => key)).size, 20);
    for (const { key, answer } of asked.toReversed()) answer(JSON.stringify(`of ${key}`));
    const results = await Promise.all(runs);
    assertEquals(
      results.map((result) => result.ok && result.emits[0]?.payload),
      runs.map((_, n) => JSON.stringify(`of "key-${n}"`)),
    );
    assert(asked.every(({ hop }) => hop.signal.aborted), "each hop's signal tells that it is over");
  });
});

Deno.test("no more hops are in a sandbox than the actor's concurrency", async () => {
  const { state, asked, until } = scriptedState();
  const limits = { concurrency: 3 };
  await withStage(component, { services: { state }, limits }, async ({ stage }) => {
    const runs = Array.from({ length: 4 }, (_, n) => stage.run(envelope(`${n}`, n)));
    await until(3);
    asked[0]?.answer("1");
    await until(4);
    assertEquals(asked.length, 4);
    for (const { answer } of asked) answer("1");
    assert((await Promise.all(runs)).every(({ ok }) => ok));
  });
});

Deno.test("a hop that waits for too long has failed alone: its sandbox lives, and others get their answers", async () => {
  const { state, asked, until } = scriptedState();
  await withStage(
    component,
    { services: { state }, limits: { timeoutMs: 1000 } },
    async ({ stage, events }) => {
      const pids = stage.pids();
      const late = stage.run(envelope("late", "late"));
      await until(1);
      const result = await late;
      assertEquals(result.ok ? "ok" : result.failure.type, "troupe.Timeout");
      assert(asked[0]?.hop.signal.aborted);
      const next = stage.run(envelope("next", "next"));
      await until(2);
      // An answer to a hop that is over goes nowhere.
      asked[0]?.answer("1");
      asked[1]?.answer('"here"');
      const answered = await next;
      assertEquals(answered.ok && answered.emits[0]?.payload, '"here"');
      assertEquals(stage.pids()[0], pids[0]);
      assertEquals(events.filter(({ kind }) => kind !== "child-started"), []);
    },
  );
});

Deno.test("what cannot be answered now gives the envelope back, and the next one is asked for again", async () => {
  const { state, asked, until } = scriptedState();
  await withStage(component, { services: { state } }, async ({ stage }) => {
    const run = stage.run(envelope("1", 1));
    await until(1);
    asked[0]?.fail(new ServiceUnavailableError("state", "it is down"));
    await assertRejects(() => run, ServiceUnavailableError, "spec.grants.state");
    const again = stage.run(envelope("1", 1));
    await until(2);
    asked[1]?.answer("2");
    assert((await again).ok);
  });
});

Deno.test("a question that is none is a violation of the hop that asked it, and of no other", async () => {
  const { state, asked, until } = scriptedState();
  await withStage(component, { services: { state } }, async ({ stage, next }) => {
    const violation = next("violation");
    const runs = ["good", "bad"].map((id) => stage.run(envelope(id, id)));
    await until(2);
    asked[1]?.fail(new FrameError("no such verb"));
    const bad = await (runs[1] as Promise<unknown>) as { ok: false; failure: { type: string } };
    assertEquals(bad.failure.type, "troupe.StageViolation");
    assertMatch(((await violation) as { message: string }).message, /no such verb/);
    await until(3);
    asked[2]?.answer("3");
    assert((await runs[0])?.ok);
  });
});

Deno.test("a sandbox that dies while guests wait costs them nothing but the time", async () => {
  const { state, asked, until } = scriptedState();
  await withStage(component, { services: { state } }, async ({ stage }) => {
    const runs = [1, 2, 3].map((n) => stage.run(envelope(`${n}`, n)));
    await until(3);
    Deno.kill(stage.pids()[0] as number, "SIGKILL");
    await until(6);
    for (const { answer } of asked) answer("4");
    assert((await Promise.all(runs)).every(({ ok }) => ok));
  });
});

Deno.test("reuse: hops that wait have an instance each", async () => {
  const { state, asked, until } = scriptedState();
  await withStage(component, { services: { state }, isolation: "reuse" }, async ({ stage }) => {
    const runs = [1, 2, 3].map((n) => stage.run(envelope(`${n}`, n)));
    await until(3);
    asked.forEach(({ answer }, n) => answer(`${n}`));
    const results = await Promise.all(runs);
    assertEquals(results.map((result) => result.ok && result.emits[0]?.payload), ["0", "1", "2"]);
  });
});

Deno.test("a guest that traps, throws or returns nonsense after it has waited has failed as any other", async () => {
  const { state, asked, until } = scriptedState();
  const broken = await stateComponent("unreachable");
  await withStage(broken, { services: { state } }, async ({ stage }) => {
    const run = stage.run(envelope("1", 1));
    await until(1);
    asked[0]?.answer("1");
    const result = await run;
    assertEquals(result.ok ? "ok" : result.failure.type, "troupe.Trap");
  });
});

Deno.test("more questions at once than limits.hostCalls fail the hop by name", async () => {
  const { state } = scriptedState();
  await withStage(component, { services: { state }, limits: { hostCalls: 0 } }, async ({ stage, events }) => {
    const result = await stage.run(envelope("1", 1));
    assertEquals(result.ok ? "ok" : result.failure.type, "troupe.HostCallLimit");
    const again = await stage.run(envelope("2", 1));
    assertEquals(again.ok ? "ok" : again.failure.type, "troupe.HostCallLimit");
    assertEquals(events.filter(({ kind }) => kind !== "child-started"), []);
  });
});
