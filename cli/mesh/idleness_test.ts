import { assertEquals, assertRejects } from "@std/assert";
import { TroupeError } from "@troupe/host/errors";
import type { Depth } from "@troupe/host/transport";
import { Idleness } from "./idleness.ts";

const EMPTY: Depth = { ready: 0, delayed: 0, leased: 0 };

/** A transport whose answers a test can change. */
class Answers {
  ready = true;
  error: Error | undefined;
  depth = EMPTY;
  health = () => this.ready ? { ready: true, reason: "" } : { ready: false, reason: "lost" };
  depths = () => this.error ? Promise.reject(this.error) : Promise.resolve(new Map([["a", this.depth]]));
}

function looks() {
  const idleness = new Idleness();
  const transport = new Answers();
  const look = (now = 0, counts = true) => idleness.look({ transport, counts: () => counts, now });
  return { idleness, transport, look };
}

Deno.test("whatever is in a queue that counts keeps a mesh from being idle", async () => {
  const { transport, look } = looks();
  assertEquals(await look(), true);
  for (const part of ["ready", "delayed", "leased"]) {
    transport.depth = { ...EMPTY, [part]: 1 };
    assertEquals([await look(), await look(0, false)], [false, true], part);
  }
});

Deno.test("after each loss of the connection it is in doubt for a while whether anything is left", async () => {
  const { idleness, transport, look } = looks();
  transport.ready = false;
  assertEquals(await look(), false);
  transport.ready = true;
  idleness.lost(1_000);
  assertEquals([await look(1_000), await look(30_999), await look(31_000)], [false, false, true]);
  idleness.lost(40_000);
  assertEquals([await look(41_000), await look(70_000)], [false, true]);
});

Deno.test("a question that fails says nothing; when none is answered any more, the error is told", async () => {
  const { transport, look } = looks();
  transport.error = new Error("the channel is gone");
  for (let time = 0; time < 20; time++) assertEquals(await look(), false);
  transport.error = undefined;
  assertEquals(await look(), true);
  transport.error = new Error("the channel is gone");
  for (let time = 0; time < 20; time++) assertEquals(await look(), false);
  await assertRejects(() => look(), Error, "the channel is gone");
});

Deno.test("a transport that is closed is told at once", async () => {
  const { transport, look } = looks();
  transport.error = new TroupeError("troupe.TransportClosed", "user", "it is closed");
  await assertRejects(() => look(), TroupeError, "it is closed");
});
