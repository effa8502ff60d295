import { assertEquals, assertRejects } from "@std/assert";
import { TroupeError } from "@troupe/host/errors";
import type { Depth } from "@troupe/host/transport";
import { QueueLook } from "./queues.ts";

const depths = (ready: number) => new Map<string, Depth>([["a", { ready, delayed: 0, leased: 0 }]]);
const healthy = () => ({ ready: true, reason: "" });

Deno.test("depths are those of the last look that went well, and a look that fails says why", async () => {
  const answers = [
    () => Promise.resolve(depths(1)),
    () => Promise.reject(new TroupeError("troupe.Gone", "system", "it is gone")),
    () => Promise.resolve(depths(2)),
  ];
  const queues = new QueueLook({ depths: () => answers.shift()?.() ?? Promise.reject(), health: healthy });
  const seen: unknown[] = [];
  for (let n = 0; n < 3; n++) {
    await queues.look();
    seen.push([queues.depths.get("a")?.ready, queues.problem]);
  }
  assertEquals(seen, [[1, ""], [1, "it is gone"], [2, ""]]);
});

Deno.test("one look at a time: who asks meanwhile waits for that one", async () => {
  const answer = Promise.withResolvers<Map<string, Depth>>();
  let looks = 0;
  const queues = new QueueLook({
    depths() {
      looks++;
      return answer.promise;
    },
    health: () => ({ ready: false, reason: "no broker" }),
  });
  const both = [queues.look(), queues.look()];
  assertEquals(queues.problem, "no broker");
  answer.resolve(depths(1));
  await Promise.all(both);
  assertEquals(looks, 1);
});

Deno.test("what is no error of the platform is not kept quiet", async () => {
  const queues = new QueueLook({ depths: () => Promise.reject(new TypeError("bug")), health: healthy });
  await assertRejects(() => queues.look(), TypeError);
});
