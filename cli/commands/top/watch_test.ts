import { assertEquals } from "@std/assert";
import { HOP_TOPIC, type HopRecord } from "@troupe/host/hop_record";
import { STAGE_TOPIC, writeStageRecord } from "@troupe/host/stage_record";
import { MeshWatch } from "./watch.ts";

const hop = (actor: string, more: Partial<HopRecord> = {}): HopRecord => ({
  id: "1",
  root: "1",
  actor,
  hop: 0,
  attempt: 1,
  startedAt: 1_000,
  finishedAt: 1_010,
  verdict: "forwarded",
  children: [],
  host: "here:1",
  ...more,
});

const depths = new Map([
  ["x-sink", { ready: 1, delayed: 0, leased: 2 }],
  ["split", { ready: 3, delayed: 4, leased: 5 }],
]);

Deno.test("actors come first, by name, then the crew: those that have a queue, and those that were heard of", () => {
  const watch = new MeshWatch({ windowMs: 10_000, since: 0 });
  watch.hop(hop("unknown"), 1);
  watch.hop(hop("x-join"), 1);
  const names = watch.picture(depths, 2).map(({ name }) => name);
  assertEquals(names, ["split", "unknown", "x-join", "x-sink"]);
});

Deno.test("hops, hosts, restarts and the last error are those of each actor", () => {
  const watch = new MeshWatch({ windowMs: 10_000, since: 0 });
  watch.hop(hop("split"), 100);
  watch.hop(hop("split", { host: "there:2", verdict: "failed", error: { type: "E", message: "m" } }), 200);
  watch.hop(hop("split", { finishedAt: 999 }), 300);
  for (const event of ["child-started", "child-died", "child-killed"] as const) {
    watch.stage({ actor: "split", event, at: 1, host: "new:3" });
  }
  const [split, sink] = watch.picture(depths, 1_000);
  const { done, hosts, restarts, lastError, depth, p50Ms, failed } = split ?? {};
  assertEquals([done, hosts, restarts, failed], [3, 3, 2, 1]);
  assertEquals(lastError, { type: "E", message: "m", at: 1_010 });
  assertEquals([depth, p50Ms], [depths.get("split"), 10], "a clock that went back makes no negative time");
  assertEquals([sink?.done, sink?.lastError, sink?.p50Ms], [0, undefined, undefined]);
});

Deno.test("it listens to hosts until it is told to stop, and passes over what is no record", () => {
  const listeners = new Map<string, (bytes: Uint8Array) => void>();
  const watch = new MeshWatch({ windowMs: 10_000, since: 0 });
  const stop = watch.listen({
    subscribe(topic, listener) {
      listeners.set(topic, listener);
      return () => listeners.delete(topic);
    },
  });
  const bytes = (text: string) => new TextEncoder().encode(text);
  listeners.get(HOP_TOPIC)?.(bytes(JSON.stringify(hop("a"))));
  listeners.get(HOP_TOPIC)?.(bytes("nonsense"));
  listeners.get(STAGE_TOPIC)?.(writeStageRecord({ actor: "a", event: "child-died", at: 1, host: "h" }));
  listeners.get(STAGE_TOPIC)?.(bytes("{}"));
  const [a, ...others] = watch.picture(new Map(), performance.now());
  assertEquals([a?.name, a?.done, a?.restarts, others], ["a", 1, 1, []]);
  stop();
  assertEquals(listeners.size, 0);
});
