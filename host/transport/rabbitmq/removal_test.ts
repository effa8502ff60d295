import { assert, assertEquals } from "@std/assert";
import { AmqpProxy } from "@troupe/tests/servers/amqp_proxy";
import { lacksRabbitmq, RabbitmqServer } from "@troupe/tests/servers/rabbitmq";
import { Buffer } from "node:buffer";
import type { Transport } from "../transport.ts";
import { collect, meshTests, publishAll, type TestMesh, textOf, to } from "./_broker_testing.ts";
import { parseRabbitmqAddress } from "./mod.ts";
import { removeQueues } from "./removal.ts";

/** How many messages are sent at once by each sender. */
const BURST = 20;
const SENDERS = 3;
/** How many queues are removed while others send to them all the time. */
const REPEATS = 16;
/** The longest pause of a sender between two messages, in milliseconds: so that the queue is empty now and then. */
const MOST_PAUSE_MS = 300;
/** What senders were told of their messages, and what has become of them. */
class Account {
  readonly #actor: string;
  readonly kept = new Set<string>();
  readonly refused = new Set<string>();
  readonly taken: string[] = [];
  #sent = 0;

  constructor(actor: string) {
    this.#actor = actor;
  }

  async send(transport: Transport, count = 1): Promise<void> {
    const texts = Array.from({ length: count }, () => String(++this.#sent));
    const outcomes = await transport.publish(texts.map((text) => to(this.#actor, text)));
    for (const [i, outcome] of outcomes.entries()) {
      if (outcome.kind === "ok") this.kept.add(texts[i] as string);
      else if (outcome.kind === "refused" && outcome.reason === "no-queue") {
        this.refused.add(texts[i] as string);
      } else throw new Error(JSON.stringify(outcome));
    }
  }

  /** Each one that was kept is there, once, and no other. */
  isRight(point: string): void {
    assertEquals(this.taken.toSorted(), [...this.kept].toSorted(), point);
  }
}

if (!lacksRabbitmq()) {
  const server = await RabbitmqServer.start();
  Deno.test.afterAll(() => server.stop());

  for (const mode of ["troupe", "asya"]) {
    const test = meshTests(server, { mode });
    const addressOf = ({ namespace }: TestMesh, port = server.port) =>
      parseRabbitmqAddress(server.address({ namespace, mode }, port));
    /** Makes the queue, by somebody who does not keep it in existence. */
    const declare = async (mesh: TestMesh, ...actors: string[]) => {
      const host = await mesh.open();
      await host.declare(actors);
      await host.close();
    };
    /** Takes all that is in the queue. */
    const drain = async (mesh: TestMesh, actor: string, account: Account) => {
      const client = await mesh.client();
      for (;;) {
        const message = await client.get(mesh.topology.queueOf(actor), { noAck: true });
        if (!message) break;
        account.taken.push(textOf({ body: message.content }));
      }
      await client.close();
    };

    test(`${mode}: nothing is lost of what is sent at any step of the removal of a queue`, async (mesh) => {
      const senders = await Promise.all(Array.from({ length: SENDERS }, () => mesh.open()));
      /** @returns The steps that there were, and whether the queue was removed. */
      const removeWith = async (step: number) => {
        const actor = `step-${step}`;
        await declare(mesh, actor);
        await using proxy = new AmqpProxy(server.port);
        const account = new Account(actor);
        const sending: Promise<unknown>[] = [];
        const calls: string[] = [];
        proxy.onCall = async ({ method }) => {
          calls.push(method);
          if (calls.length !== step) return;
          // Some of it has come when the broker hears of the step, and some is on its way.
          await account.send(senders[0] as Transport, BURST);
          sending.push(...senders.map((sender) => account.send(sender, BURST)));
        };
        const { removed, lost } = await removeQueues(addressOf(mesh, proxy.port), { actor, name: "test" });
        await Promise.all(sending);
        if (!removed) await drain(mesh, actor, account);
        const point = `at step ${step} of ${calls.join()}`;
        account.isRight(point);
        assertEquals(lost, 0, point);
        return { calls, removed };
      };
      const undisturbed = await removeWith(0);
      const steps = undisturbed.calls.map((_, i) => i + 1);
      assert(undisturbed.removed && steps.length >= 6, String(steps));
      const disturbed = await Promise.all(steps.map(removeWith));
      assertEquals(new Set(disturbed.map(({ removed }) => removed)), new Set([true, false]));
    });

    test(`${mode}: nothing is lost of what is sent all the time while a queue is removed`, async (mesh) => {
      const senders = await Promise.all(Array.from({ length: SENDERS }, () => mesh.open()));
      const accounts = await Promise.all(Array.from({ length: REPEATS }, async (_, i) => {
        const actor = `all-${i}`;
        await declare(mesh, actor);
        const account = new Account(actor);
        let over = false;
        const sending = senders.map(async (sender) => {
          while (!over) {
            await account.send(sender);
            await new Promise((resolve) => setTimeout(resolve, Math.random() * MOST_PAUSE_MS));
          }
        });
        for (let removed = false; !removed;) {
          await drain(mesh, actor, account);
          ({ removed } = await removeQueues(addressOf(mesh), { actor, name: "test" }));
        }
        over = true;
        await Promise.all(sending);
        account.isRight(actor);
        return account;
      }));
      const kept = accounts.reduce((sum, account) => sum + account.kept.size, 0);
      const refused = accounts.reduce((sum, account) => sum + account.refused.size, 0);
      assert(kept > 0 && refused > 0, `${kept} kept, ${refused} refused`);
    });

    test(`${mode}: a removal that is forced takes what is in the queue with it, and counts it`, async (mesh) => {
      const sender = await mesh.open();
      await declare(mesh, "a");
      await publishAll(sender, ["1", "2", "3"].map((text) => to("a", text)));
      const consumer = sender.consume("a", { inFlight: 1 });
      const { value } = await consumer[Symbol.asyncIterator]().next();
      const { removed, lost } = await removeQueues(addressOf(mesh), {
        actor: "a",
        name: "test",
        force: true,
      });
      assertEquals([removed, lost], [true, 2]);
      assertEquals((await sender.publish([to("a", "4")]))[0]?.kind, "refused");
      await value.settle([]);
      await consumer.stop();
    });
  }

  const test = meshTests(server);

  test("what is sent past the exchange while a queue is removed comes to x-sump", async (mesh) => {
    await using proxy = new AmqpProxy(server.port);
    const host = await mesh.open();
    await host.declare(["x-sump"]);
    const other = await mesh.open();
    await other.declare(["a"]);
    await other.close();
    const foreign = await (await mesh.connection()).createConfirmChannel();
    proxy.onCall = async ({ method }) => {
      if (method !== "queue.delete") return;
      proxy.onCall = () => {};
      // Straight to the queue, as no sender of ours does.
      foreign.sendToQueue(mesh.topology.queueOf("a"), Buffer.from("late"));
      await foreign.waitForConfirms();
    };
    const address = parseRabbitmqAddress(server.address({ namespace: mesh.namespace }, proxy.port));
    const { removed, moved, lost } = await removeQueues(address, { actor: "a", name: "test" });
    assertEquals([removed, moved, lost], [true, 1, 0]);
    assertEquals([...(await collect(host, "x-sump", ["late"])).keys()], ["late"]);
  });
}
