// What becomes of the others when a sandbox ends under them, and of a stage that is closed.

import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import type { HopResult } from "../hop.ts";
import { ComponentStartError, StageBrokenError, StageClosedError } from "./errors.ts";
import {
  envelope,
  isAlive,
  obedientActor,
  order,
  prepared,
  testFolder,
  told,
  watComponent,
  withStage,
} from "./_testing.ts";
import { bundleStage } from "./supervisor.ts";

/** Kills like an operator, or the kernel. */
function kill(pid: number | undefined): void {
  assert(pid !== undefined, "there is no process to kill");
  Deno.kill(pid, "SIGKILL");
}

/** Does what JavaScript's does, as 1; spins, as 2; and says so first. */
const SAYS_AND_SPINS = await watComponent({
  handle: `
    (call $log (i32.const 1) (local.get $at) (i32.const 1))
    (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x32)) (then (loop $again (br $again))))
    (call $return (local.get $at) (local.get $length))`,
});

Deno.test("a sandbox is killed from outside while it is idle: the next envelope is served", async () => {
  await withStage(SAYS_AND_SPINS, {}, async ({ stage, next, events }) => {
    const died = next("child-died");
    kill(stage.pids()[0]);
    await died;
    assertEquals(told(await stage.run(envelope("1", 1))), [1]);
    assertEquals(events.map(({ kind }) => kind).slice(0, 3), [
      "child-started",
      "child-died",
      "child-started",
    ]);
  });
});

Deno.test("a sandbox is killed from outside with many in flight: each gets its own answer, once", async () => {
  await withStage(await obedientActor(), {}, async ({ stage, events, next }) => {
    const deaths = () => events.filter(({ kind }) => kind === "child-died").length;
    // Two kills can meet the same sandbox, before anybody knows that it is dead.
    const killed = new Set<number | undefined>();
    const runs = Array.from({ length: 100 }, async (_, n) => {
      const result = await stage.run(order(`${n}`, ["count"], ["get", ".id"]));
      if (n % 30 === 10) {
        const [pid] = stage.pids();
        killed.add(pid);
        kill(pid);
      }
      return told(result);
    });
    assertEquals(await Promise.all(runs), Array.from({ length: 100 }, (_, n) => [[1, `"${n}"`]]));
    // All answers may be there before a death is noticed.
    while (deaths() < killed.size) await next("child-died");
    assertEquals(deaths(), killed.size);
  });
});

Deno.test("the spare is killed from outside: nobody notices", async () => {
  await withStage(SAYS_AND_SPINS, {}, async ({ stage, next }) => {
    const spare = next("child-started");
    assertEquals(told(await stage.run(envelope("1", 1))), [1]);
    await spare;
    const died = next("child-died");
    kill(stage.pids()[1]);
    await died;
    const again = next("child-started");
    assertEquals(told(await stage.run(envelope("2", 1))), [1]);
    await again;
    assertEquals(stage.pids().length, 2);
  });
});

Deno.test("an envelope under which the sandbox dies again and again is to blame, and only that one", async () => {
  const onLog = ({ envelopeId }: { envelopeId: string }, stage: { pids(): number[] } | undefined) => {
    if (envelopeId === "deadly") kill(stage?.pids()[0]);
  };
  await withStage(SAYS_AND_SPINS, { onLog }, async ({ stage, logs, events }) => {
    const results = await Promise.all([
      stage.run(envelope("1", 1)),
      stage.run(envelope("deadly", 2)),
      stage.run(envelope("3", 1)),
    ]);
    assertEquals(results.map(told), [[1], "troupe.Trap", [1]]);
    const [, deadly] = results;
    assertEquals(
      deadly && !deadly.ok && deadly.failure.message,
      "The sandbox ended by itself (SIGKILL)",
    );
    assertEquals(logs.filter(({ envelopeId }) => envelopeId === "deadly").length, 3);
    // Its second and third time it had no other beside it.
    assertEquals(events.filter((event) => event.kind === "bystanders").map(({ count }) => count), [1]);
  });
});

Deno.test("bystanders of a spin are served by another; twice a bystander, and an envelope runs alone", async () => {
  await withStage(SAYS_AND_SPINS, { limits: { timeoutMs: 250 } }, async ({ stage, events }) => {
    const results = await Promise.all([
      stage.run(envelope("1", 2)),
      stage.run(envelope("2", 2)),
      stage.run(envelope("3", 2)),
      stage.run(envelope("4", 1)),
      stage.run(envelope("5", 1)),
    ]);
    const timeout = "troupe.Timeout";
    assertEquals(results.map(told), [timeout, timeout, timeout, [1], [1]]);
    assertEquals(events.filter((event) => event.kind === "bystanders").map(({ count }) => count), [4, 3]);
  });
});

Deno.test("a component that cannot be started any more: StageBrokenError, and no endless trying", async () => {
  let started = 0;
  // Kills each sandbox after the first before it is ready.
  const onEvent = (event: { kind: string }, stage: { pids(): number[] } | undefined) => {
    if (event.kind !== "child-died" && event.kind !== "child-killed") return;
    queueMicrotask(() => {
      for (const pid of stage?.pids() ?? []) {
        started++;
        kill(pid);
      }
    });
  };
  await withStage(SAYS_AND_SPINS, { onEvent }, async ({ stage }) => {
    const [pid] = stage.pids();
    const run = stage.run(envelope("1", 2));
    kill(pid);
    const error = await assertRejects(() => run, StageBrokenError);
    assert(error instanceof Error);
    assert(started >= 2 && started <= 4, `${started} were started`);
    await assertRejects(() => stage.run(envelope("2", 1)), StageBrokenError);
  });
});

Deno.test("an instance made ahead that does harm is nobody's fault, and is not made again", async () => {
  // As if a component had got code into its glue: the third instance of a process spins while it is made.
  const component = await prepared(await obedientActor());
  const glue = new TextDecoder().decode(component.glue);
  const made = `
    let made = 0;
    export function instantiate(...parts) {
      if (++made > 2) for (;;);
      return realInstantiate(...parts);
    }`;
  const spinning = {
    ...component,
    glue: new TextEncoder().encode(
      glue.replace("export function instantiate(", "function realInstantiate(") + made,
    ),
  };
  await withStage(
    spinning,
    { restore: false, limits: { timeoutMs: 250 } },
    async ({ stage, next, events }) => {
      const count = async (id: string) => told(await stage.run(order(id, ["count"])));
      // One instance is made at start, the second ahead of the second envelope, the third ahead of a third.
      assertEquals(await count("1"), [[1]]);
      const killed = next("child-killed");
      assertEquals(await count("2"), [[1]]);
      await killed;
      // Now none is made ahead, and the third is charged to the envelope that needs it.
      assertEquals(await count("3"), [[1]]);
      assertEquals(await count("4"), [[1]]);
      assertEquals(await count("5"), "troupe.Timeout");
      assertEquals(events.filter(({ kind }) => kind === "bystanders"), []);
    },
  );
});

Deno.test("closing waits for what was begun, and ends every process", async () => {
  // Long enough for the spare to start meanwhile, on a machine that is busy.
  await withStage(SAYS_AND_SPINS, { limits: { timeoutMs: 2500 } }, async ({ stage, next }) => {
    const spare = next("child-started");
    const results = Promise.all([1, 2].map((payload) => stage.run(envelope(`${payload}`, payload))));
    await spare;
    const pids = stage.pids();
    assertEquals(pids.length, 2);
    await Promise.all([stage.close(), stage.close()]);
    assertEquals((await results).map(told), [[1], "troupe.Timeout"]);
    assertEquals(pids.map(isAlive), [false, false]);
    assertEquals(stage.pids(), []);
    await assertRejects(() => stage.run(envelope("3", 1)), StageClosedError);
    await stage.close();
  });
});

Deno.test("closing at once rejects what is in flight, and ends every process", async () => {
  await withStage(SAYS_AND_SPINS, {}, async ({ stage, next }) => {
    const spare = next("child-started");
    const runs = [2, 1, 1].map((payload) => stage.run(envelope("x", payload)));
    const settled = Promise.allSettled<HopResult>(runs);
    await spare;
    const pids = stage.pids();
    const slowly = stage.close();
    await stage.close({ now: true });
    await slowly;
    for (const { status, reason } of await settled as PromiseRejectedResult[]) {
      assertEquals(status, "rejected");
      assertInstanceOf(reason, StageClosedError);
    }
    assertEquals(pids.map(isAlive), [false, false]);
  });
});

Deno.test("closing while a sandbox is being started", async () => {
  await withStage(SAYS_AND_SPINS, {}, async ({ stage }) => {
    const run = stage.run(envelope("1", 1));
    // The spare has been started, and is not ready.
    const pids = stage.pids();
    assertEquals(pids.length, 2);
    await stage.close();
    assertEquals(told(await run), [1]);
    assertEquals(pids.map(isAlive), [false, false]);
  });
});

Deno.test({
  name: "a sandbox is killed from outside before it is ready: another is started",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const died: string[] = [];
    // So that no other process is started before.
    await Promise.all([prepared(SAYS_AND_SPINS), bundleStage(testFolder())]);
    const starting = withStage(
      SAYS_AND_SPINS,
      { onEvent: (event) => void (event.kind === "child-died" && died.push(event.reason)) },
      async ({ stage }) => assertEquals(told(await stage.run(envelope("1", 1))), [1]),
    );
    kill(await firstSandbox());
    await starting;
    assertEquals(died, ["The sandbox ended by itself (SIGKILL)"]);
  },
});

/**
 * The process of the sandbox that this process starts next: the stage does not tell before it is ready. While this looks,
 * the host gives it nothing, so it cannot become ready meanwhile.
 */
async function firstSandbox(): Promise<number> {
  for (;;) {
    for (const { name } of Deno.readDirSync("/proc")) {
      if (/^\d+$/.test(name) && isOwnSandbox(name)) return Number(name);
    }
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

function isOwnSandbox(pid: string): boolean {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/status`).includes(`\nPPid:\t${Deno.pid}\n`) &&
      Deno.readTextFileSync(`/proc/${pid}/cmdline`).includes("--no-code-cache");
  } catch (error) {
    // It has ended meanwhile.
    if (
      error instanceof Deno.errors.NotFound || error instanceof Error && error.message.includes("os error 3")
    ) {
      return false;
    }
    throw error;
  }
}

Deno.test("a stage that does not start leaves no process", async () => {
  const pids: number[] = [];
  const component = {
    digest: "",
    glue: new TextEncoder().encode("throw 1"),
    modules: [],
    baselineOnly: true,
    blocking: false,
    uses: new Set<string>(),
  };
  await assertRejects(
    () =>
      withStage(component, {
        onEvent: (event) => "pid" in event && pids.push(event.pid),
      }, () => Promise.resolve()),
    ComponentStartError,
  );
  assertEquals(pids.map(isAlive), [false]);
});
