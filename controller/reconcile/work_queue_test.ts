import { assertEquals } from "@std/assert";
import { type Clock, WorkQueue, type WorkQueueOptions } from "./work_queue.ts";

/** A clock that goes when a test says so. */
class FakeClock implements Clock {
  #now = 0;
  #timers = new Set<{ readonly at: number; readonly run: () => void }>();

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  get timers(): number {
    return this.#timers.size;
  }

  async go(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#timers.delete(next);
      this.#now = next.at;
      next.run();
      await settled();
    }
    this.#now = end;
  }
}

/** What has been promised is done. */
async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

/** A queue whose work a test ends. */
function made(options: Partial<WorkQueueOptions> = {}) {
  const clock = new FakeClock();
  const begun: string[] = [];
  const inHand = new Map<string, PromiseWithResolvers<number | undefined>>();
  const failures: [key: string, waitMs: number][] = [];
  const queue = new WorkQueue({
    clock,
    random: () => 1,
    handle(key) {
      if (inHand.has(key)) throw new Error(`${key} is worked on twice at once`);
      begun.push(`${key}@${clock.now()}`);
      const ends = Promise.withResolvers<number | undefined>();
      inHand.set(key, ends);
      return ends.promise;
    },
    onFailure: (key, _error, waitMs) => failures.push([key, waitMs]),
    ...options,
  });
  const end = async (key: string, result?: number | Error) => {
    const ends = inHand.get(key);
    inHand.delete(key);
    if (result instanceof Error) ends?.reject(result);
    else ends?.resolve(result);
    await settled();
  };
  return { clock, queue, begun, failures, end };
}

Deno.test("a key that waits is there once, and workers are not exceeded", async () => {
  const { queue, begun, end } = made({ workers: 2 });
  for (const key of ["a", "b", "c", "c", "c"]) queue.add(key);
  assertEquals(begun, ["a@0", "b@0"]);
  await end("a");
  assertEquals(begun, ["a@0", "b@0", "c@0"]);
  await end("b");
  await end("c");
  assertEquals([begun.length, queue.size], [3, 0]);
});

Deno.test("a key that is added while it is in hand is worked on once more, afterwards", async () => {
  const { queue, begun, end } = made();
  queue.add("a");
  queue.add("a");
  queue.add("a");
  assertEquals(begun, ["a@0"]);
  await end("a");
  assertEquals(begun, ["a@0", "a@0"]);
  await end("a");
  assertEquals([begun.length, queue.size], [2, 0]);
});

Deno.test("pauses double with each failure up to a bound, and begin anew after a success", async () => {
  const { clock, queue, failures, end } = made({ firstMs: 100, mostMs: 500 });
  queue.add("a");
  for (const wait of [100, 200, 400, 500]) {
    await end("a", new Error("no"));
    assertEquals(failures.at(-1), ["a", wait]);
    await clock.go(wait);
  }
  assertEquals(queue.failing, 1);
  await end("a");
  assertEquals(queue.failing, 0);
  queue.add("a");
  await end("a", new Error("no"));
  assertEquals(failures.at(-1), ["a", 100]);
});

Deno.test("a pause is between half of its length and all of it", async () => {
  for (const [random, wait] of [[0, 50], [0.5, 75], [1, 100]] as const) {
    const { queue, failures, end } = made({ firstMs: 100, random: () => random });
    queue.add("a");
    await end("a", new Error("no"));
    assertEquals(failures, [["a", wait]]);
    await queue.close();
  }
});

Deno.test("what fails holds nobody else up, and is worked on sooner when it is added", async () => {
  const { clock, queue, begun, end } = made({ firstMs: 1000, workers: 1 });
  queue.add("a");
  queue.add("b");
  await end("a", new Error("no"));
  assertEquals(begun, ["a@0", "b@0"]);
  await end("b");
  await clock.go(10);
  queue.add("a");
  assertEquals(begun.at(-1), "a@10");
  await end("a");
  await clock.go(5000);
  assertEquals([begun.length, clock.timers], [3, 0], "its pause is over");
});

Deno.test("a key comes back when its work says so, at the earliest time that was named", async () => {
  const { clock, queue, begun, end } = made();
  queue.add("a");
  await end("a", 500);
  queue.addAfter("a", 900);
  queue.addAfter("a", 200);
  await clock.go(1000);
  assertEquals(begun, ["a@0", "a@200"]);
  await end("a");
  await clock.go(1000);
  assertEquals(begun.length, 2);
});

Deno.test("what happened comes before what is looked at by the clock", async () => {
  const { clock, queue, begun, end } = made({ workers: 1 });
  const order = () => begun.map((each) => each.split("@")[0]);
  queue.add("a");
  for (const key of ["b", "c", "d"]) queue.addRoutine(key);
  queue.addAfter("b", 1);
  queue.add("e");
  queue.add("d");
  queue.addRoutine("e");
  assertEquals(queue.size, 5, "each is there once");
  for (const key of ["a", "e", "d", "b", "c"]) await end(key);
  assertEquals(order(), ["a", "e", "d", "b", "c"]);
  assertEquals([queue.size, clock.timers], [0, 0]);
  queue.add("a");
  queue.addRoutine("a");
  queue.addRoutine("b");
  queue.forget("b");
  await end("a");
  assertEquals(order().slice(5), ["a", "a"], "what is in hand is looked at once more");
  await end("a");
  assertEquals(queue.size, 0);
});

Deno.test("what has failed keeps its pause when it is only time to look at it", async () => {
  const { clock, queue, begun, end } = made({ firstMs: 1000 });
  queue.add("a");
  await end("a", new Error("no"));
  queue.addRoutine("a");
  assertEquals(begun, ["a@0"]);
  await clock.go(1000);
  assertEquals(begun, ["a@0", "a@1000"]);
  await end("a");
  queue.addRoutine("a");
  assertEquals(begun.length, 3);
});

Deno.test("what is forgotten does not come back", async () => {
  const { clock, queue, begun, end } = made({ workers: 1 });
  queue.add("a");
  queue.add("b");
  queue.forget("b");
  await end("a", new Error("no"));
  queue.forget("a");
  await clock.go(600_000);
  assertEquals([begun, queue.failing, queue.size], [["a@0"], 0, 0]);
});

Deno.test("closing waits for what is in hand, and begins nothing more", async () => {
  const { clock, queue, begun, end, failures } = made({ workers: 1 });
  queue.add("a");
  queue.add("b");
  queue.addAfter("c", 100);
  let closed = false;
  const closing = queue.close().then(() => closed = true);
  await settled();
  assertEquals(closed, false);
  queue.add("d");
  await end("a", new Error("no"));
  await closing;
  await clock.go(1000);
  assertEquals([begun, failures, clock.timers], [["a@0"], [], 0]);
});
