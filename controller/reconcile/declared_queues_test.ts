import { assertEquals, assertRejects } from "@std/assert";
import { TroupeError } from "@troupe/host/errors";
import type { ActorQueue, Queues } from "../queues/queues.ts";
import { DECLARE_MS, DeclaredQueues } from "./declared_queues.ts";

const AWAY = new TroupeError("troupe.RabbitmqUnreachable", "system", "No broker answered");
const OTHER = new TroupeError("troupe.RabbitmqMismatch", "user", "It exists with other arguments");

/** A broker that does as a test says, and what was asked of it. */
function made() {
  const asked: string[] = [];
  const back: string[] = [];
  const broker: { error: TroupeError | undefined; time: number } = { error: undefined, time: 0 };
  const queues: Queues = {
    declare({ actor }) {
      asked.push(actor);
      return broker.error ? Promise.reject(broker.error) : Promise.resolve();
    },
    remove: () => Promise.reject(new Error("not asked for here")),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const declared = new DeclaredQueues({ queues, onBack: (key) => back.push(key), now: () => broker.time });
  const declare = (actor: string, { uid = "1", address = "one" } = {}) =>
    declared.declare(
      { actor, transport: "default", plan: { address, queue: `troupe_${actor}` } as ActorQueue["plan"] },
      { key: `shop/${actor}`, uid },
    );
  return { asked, back, broker, declared, declare };
}

Deno.test("a queue is declared once, and again when that was long ago, or for another actor of the name", async () => {
  const { asked, broker, declared, declare } = made();
  for (let time = 0; time < 3; time++) await declare("a");
  assertEquals(asked.length, 1);
  broker.time = DECLARE_MS;
  await declare("a");
  await declare("a", { uid: "2" });
  await declare("a", { uid: "2", address: "other" });
  assertEquals(asked.length, 4);
  declared.forget("shop/a");
  await declare("a", { uid: "2", address: "other" });
  assertEquals(asked.length, 5);
});

Deno.test("when a broker answers one actor, all that wait for it are due, and no others", async () => {
  const { back, broker, declared, declare } = made();
  broker.error = AWAY;
  for (const actor of ["a", "b", "c", "gone"]) await assertRejects(() => declare(actor), TroupeError);
  await assertRejects(() => declare("far", { address: "other" }), TroupeError);
  broker.error = OTHER;
  await assertRejects(() => declare("wrong"), TroupeError);
  declared.forget("shop/gone");
  broker.error = undefined;
  assertEquals(back, []);
  await declare("b");
  assertEquals(back, ["shop/a", "shop/c"]);
  await declare("a");
  await declare("c");
  assertEquals(back.length, 2, "once");
});
