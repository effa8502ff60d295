import { assertEquals, assertRejects } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { DatabaseSync } from "node:sqlite";
import { SqliteFileError } from "../../sqlite/file.ts";
import { conformance } from "../conformance.ts";
import type { Delivery, Transport } from "../transport.ts";
import { openEmbedded } from "./mod.ts";

conformance("embedded", {
  releaseUncounted: true,
  settlesAtomically: true,
  knowsWhoseDelayed: true,
  async start({ maxBodyBytes }) {
    const folder = await Deno.makeTempDir({ prefix: "troupe_embedded_" });
    return {
      open: () => openEmbedded({ path: join(folder, "queues.db"), maxBodyBytes }),
      close: () => Deno.remove(folder, { recursive: true }),
    };
  },
});

async function inFolder(run: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "troupe_embedded_" });
  try {
    await run(join(folder, "queues.db"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const message = (queue: string, text: string) => ({ queue, body: new TextEncoder().encode(text) });

async function drainTexts(transport: Transport, queue: string): Promise<string[]> {
  const { ready } = await transport.depth(queue);
  const texts: string[] = [];
  if (ready === 0) return texts;
  const consumer = transport.consume(queue, { inFlight: 1000 });
  const settling: Promise<unknown>[] = [];
  for await (const delivery of consumer) {
    texts.push(new TextDecoder().decode(delivery.body));
    settling.push(delivery.settle([]));
    if (texts.length === ready) await consumer.stop();
  }
  await Promise.all(settling);
  return texts;
}

/** A process that moves messages from queue a to queue b until it is killed. */
function spawnMover(path: string, leaseMs = 30_000): Deno.ChildProcess {
  const script = fromFileUrl(new URL("./_mover.ts", import.meta.url));
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script, path, String(leaseMs)],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

/** Resolves when a mover has said that it has taken something, or has ended. */
async function hasTaken(mover: Deno.ChildProcess): Promise<void> {
  const reader = mover.stdout.getReader();
  await reader.read();
  reader.releaseLock();
}

async function endMover(mover: Deno.ChildProcess, signal: Deno.Signal): Promise<void> {
  mover.kill(signal);
  await hasEnded(mover);
}

async function hasEnded(mover: Deno.ChildProcess): Promise<void> {
  await mover.stdout.cancel();
  await mover.status;
}

Deno.test("embedded: movers that are killed again and again move each message exactly once", async () => {
  await inFolder(async (path) => {
    const rounds = 8;
    const perRound = 1_000;
    const count = rounds * perRound;
    const transport = await openEmbedded({ path });
    await transport.declare(["a", "b"]);
    for (let round = 0; round < rounds; round++) {
      const first = round * perRound;
      await transport.publish(Array.from({ length: perRound }, (_, i) => message("a", String(first + i))));
      const movers = [spawnMover(path), spawnMover(path)];
      // Shares may be unfair, so that only one of them may come to say anything.
      const takings = movers.map(hasTaken);
      await Promise.race(takings);
      for (const mover of movers) mover.kill("SIGKILL");
      await Promise.all(takings);
      await Promise.all(movers.map(hasEnded));
    }
    const last = spawnMover(path);
    const moved = Promise.withResolvers<void>();
    const watching = setInterval(
      async () => (await transport.depth("b")).ready >= count && moved.resolve(),
      100,
    );
    await moved.promise;
    clearInterval(watching);
    await endMover(last, "SIGTERM");
    assertEquals(await transport.depth("a"), { ready: 0, delayed: 0, leased: 0 });
    const texts = await drainTexts(transport, "b");
    assertEquals(texts.map(Number).toSorted((a, b) => a - b), Array.from({ length: count }, (_, i) => i));
    await transport.close();
  });
});

Deno.test("embedded: what a killed process had in hand comes back long before its leases run out, and counted", async () => {
  await inFolder(async (path) => {
    const transport = await openEmbedded({ path });
    await transport.declare(["a", "b"]);
    await transport.publish([message("a", "hold")]);
    const mover = spawnMover(path, 3_600_000);
    await hasTaken(mover);
    assertEquals((await transport.depth("a")).leased, 1);
    await endMover(mover, "SIGKILL");
    const consumer = transport.consume("a", { inFlight: 1 });
    const { value } = await consumer[Symbol.asyncIterator]().next() as { value: Delivery };
    assertEquals(value.deliveries, 1);
    await value.settle([]);
    await transport.close();
  });
});

Deno.test("embedded: a process that was frozen beyond its lease settles nothing", async () => {
  await inFolder(async (path) => {
    const transport = await openEmbedded({ path });
    await transport.declare(["a", "b"]);
    await transport.publish([message("a", "slow")]);
    const mover = spawnMover(path, 600);
    await hasTaken(mover);
    mover.kill("SIGSTOP");
    const consumer = transport.consume("a", { inFlight: 1 });
    const { value } = await consumer[Symbol.asyncIterator]().next() as { value: Delivery };
    mover.kill("SIGCONT");
    // The mover says so when its settle was answered.
    await hasTaken(mover);
    assertEquals((await transport.depth("b")).ready, 0);
    assertEquals((await value.settle([message("b", "mine")])).acked, true);
    assertEquals(await drainTexts(transport, "b"), ["mine"]);
    await endMover(mover, "SIGKILL");
    await transport.close();
  });
});

Deno.test("embedded: a lease is renewed for as long as the message is in hand", async () => {
  await inFolder(async (path) => {
    const transport = await openEmbedded({ path, leaseMs: 600 });
    const other = await openEmbedded({ path, leaseMs: 600 });
    await transport.declare(["a", "b"]);
    await transport.publish([message("a", "long")]);
    const consumer = transport.consume("a", { inFlight: 1 });
    const { value } = await consumer[Symbol.asyncIterator]().next() as { value: Delivery };
    const theirs = other.consume("a", { inFlight: 1 })[Symbol.asyncIterator]().next();
    let stolen = false;
    theirs.then(({ done }) => stolen = !done);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    assertEquals(stolen, false);
    assertEquals((await value.settle([])).acked, true);
    await other.close();
    await transport.close();
  });
});

Deno.test("embedded: what is asked for in one turn costs one commit", async () => {
  await inFolder(async (path) => {
    const transport = await openEmbedded({ path });
    await transport.declare(["a"]);
    const observer = new DatabaseSync(path, { readOnly: true });
    const version = () => Number(observer.prepare("PRAGMA data_version").get()?.data_version);
    const before = version();
    let commits = 0;
    let seen = before;
    const publishing = Array.from(
      { length: 200 },
      (_, i) =>
        transport.publish([message("a", String(i))]).then(() => {
          if (version() !== seen) commits++;
          seen = version();
        }),
    );
    await Promise.all(publishing);
    assertEquals(commits, 1);
    observer.close();
    await transport.close();
  });
});

Deno.test("embedded: several processes may make the file at once", async () => {
  await inFolder(async (path) => {
    const transports = await Promise.all(Array.from({ length: 5 }, () => openEmbedded({ path })));
    await Promise.all(transports.map((transport, i) => transport.declare([`q${i}`])));
    assertEquals(await transports[0]?.queues(), ["q0", "q1", "q2", "q3", "q4"]);
    for (const transport of transports) await transport.close();
  });
});

Deno.test("embedded: a file that is not ours, of another version, or no database is refused by name", async () => {
  await inFolder(async (path) => {
    await Deno.writeTextFile(path, "this is a text, and not a database at all ".repeat(50));
    await assertRejects(() => openEmbedded({ path }), SqliteFileError, "not a database");
    await Deno.remove(path);
    const foreign = new DatabaseSync(path);
    foreign.exec("CREATE TABLE theirs (x)");
    foreign.close();
    await assertRejects(() => openEmbedded({ path }), SqliteFileError, "something else");
    await Deno.remove(path);
    await (await openEmbedded({ path })).close();
    const later = new DatabaseSync(path);
    later.exec("PRAGMA user_version = 99");
    later.close();
    await assertRejects(() => openEmbedded({ path }), SqliteFileError, "version 99");
  });
});

Deno.test("embedded: while another holds the file, nothing is lost, and it says why it waits", async () => {
  await inFolder(async (path) => {
    const failures: unknown[] = [];
    const failed = Promise.withResolvers<void>();
    const transport = await openEmbedded({
      path,
      onFailure(error) {
        failures.push(error);
        failed.resolve();
      },
    });
    await transport.declare(["a"]);
    const blocker = new DatabaseSync(path);
    blocker.exec("BEGIN IMMEDIATE");
    const publishing = transport.publish([message("a", "1")]);
    await failed.promise;
    assertEquals(transport.health().ready, false);
    blocker.exec("ROLLBACK");
    blocker.close();
    assertEquals(await publishing, [{ kind: "ok" }]);
    assertEquals(transport.health().ready, true);
    await transport.close();
  });
});

Deno.test("embedded: delays need not be whole milliseconds", async () => {
  await inFolder(async (path) => {
    const transport = await openEmbedded({ path });
    await transport.declare(["a"]);
    assertEquals(await transport.publish([{ ...message("a", "1"), delayMs: 0.25 }]), [{ kind: "ok" }]);
    const consumer = transport.consume("a", { inFlight: 1 });
    const deliveries = consumer[Symbol.asyncIterator]();
    const first = await deliveries.next() as { value: Delivery };
    await first.value.release({ delayMs: 0.25 });
    const second = await deliveries.next() as { value: Delivery };
    assertEquals((await second.value.settle([])).acked, true);
    await transport.close();
  });
});

Deno.test("embedded: it leaves nothing behind but the file", async () => {
  await inFolder(async (path) => {
    const transport = await openEmbedded({ path });
    await transport.declare(["a"]);
    await transport.close();
    assertEquals(await Array.fromAsync(Deno.readDir(`${path}-owners`)), []);
  });
});
