// The controller when the API server answers in ways that it does not like, or not at all: a proxy answers in its place. How
// often the controller asks is counted, so that nothing is asked for in a hot loop.

import { assert, assertEquals } from "@std/assert";
import { type KubeObject, refOf } from "@troupe/controller/kube";
import { lacksRabbitmq, RabbitmqServer } from "../servers/rabbitmq.ts";
import { type ApiCall, ApiProxy, statusAnswer } from "./api_proxy.ts";
import { actorOf, childOf, comes, ControllerSite, installKedaKinds } from "./_controller_testing.ts";
import type { LoggedProcess } from "./_logged_process.ts";
import { lacksControlPlane } from "./binary.ts";
import { clusterTests } from "./cluster_tests.ts";
import { ControlPlane } from "./control_plane.ts";
import { exists, until } from "./until.ts";

const PATIENT = { patienceMs: 90_000 };
/** How long a slow API server takes for each answer, in milliseconds: nearly a third of a lease. */
const SLOW_MS = 4_000;

const isWrite = ({ method }: ApiCall) => method !== "GET";
const scaledTo = (max: number) => (object: KubeObject | undefined) =>
  (object?.spec as { maxReplicaCount?: number } | undefined)?.maxReplicaCount === max;

if (!await lacksControlPlane() && !lacksRabbitmq()) {
  const [control, broker] = await Promise.all([ControlPlane.start(), RabbitmqServer.start()]);
  const site = await ControllerSite.make(control, broker);
  await installKedaKinds(control.client);
  Deno.test.afterAll(async () => {
    await Promise.all([control.stop(), broker.stop()]);
  });
  const { client } = control;

  interface Given {
    readonly namespace: string;
    readonly proxy: ApiProxy;
    readonly controller: LoggedProcess;
    /** An actor whose objects are as they are to be. */
    readonly actor: KubeObject;
  }
  const cluster = clusterTests(control);
  /** With a controller that calls through a proxy, and has made an actor. */
  const test = (name: string, run: (given: Given) => Promise<void>) =>
    cluster(name, async ({ namespace }) => {
      await using proxy = await ApiProxy.start(control);
      await using controller = await site.start("one", { port: proxy.port, leaseSeconds: 15 });
      const actor = await client.create(actorOf(namespace, "a"));
      await exists(client, childOf(namespace, "a", "ScaledObject"), PATIENT);
      await comes(client, actor, ["ScalingReady", "WaitsForKeda"], PATIENT);
      await run({ namespace, proxy, controller, actor });
    });

  /** Changes the spec, and waits until that is seen in what was made. */
  const follows = async ({ namespace, actor }: Given, max: number) => {
    await client.merge(refOf(actor), { spec: { scaling: { max } } });
    await until(client, childOf(namespace, "a", "ScaledObject"), scaledTo(max), PATIENT);
    await comes(client, actor, ["ScalingReady", "WaitsForKeda"], PATIENT);
  };

  /** Answers the first calls of some kind in the API server's place. @returns All calls of that kind, with their times. */
  const answering = (
    { proxy }: Given,
    { which, count, answer }: {
      readonly which: (call: ApiCall) => boolean;
      readonly count: number;
      readonly answer: () => Response;
    },
  ) => {
    const calls: { readonly what: string; readonly at: number }[] = [];
    proxy.onCall = (call) => {
      if (!which(call)) return undefined;
      calls.push({ what: `${call.method} ${call.url.pathname}`, at: performance.now() });
      return calls.length <= count ? answer() : undefined;
    };
    return calls;
  };

  test("watches that fall silent are noticed, and what happened meanwhile too", async (given) => {
    const { namespace, proxy } = given;
    proxy.silenceWatches();
    await client.delete(childOf(namespace, "a", "NetworkPolicy"));
    await follows(given, 7);
    await exists(client, childOf(namespace, "a", "NetworkPolicy"), PATIENT);
  });

  test("a watch whose version is gone is begun anew with a list", async (given) => {
    const { proxy } = given;
    const isOfActors = ({ url, namespace }: ApiCall) => url.pathname.endsWith("/actors") && namespace === "";
    const calls: string[] = [];
    const gone = [
      () => statusAnswer(410, { reason: "Expired", message: "too old resource version" }),
      () => {
        const object = { kind: "Status", code: 410, reason: "Expired", message: "too old resource version" };
        return new Response(`${JSON.stringify({ type: "ERROR", object })}\n`);
      },
    ];
    const begunAnew = Promise.withResolvers<void>();
    proxy.onCall = (call) => {
      if (!isOfActors(call)) return undefined;
      calls.push(call.isWatch ? "watch" : "list");
      if (calls.length === 5) begunAnew.resolve();
      return call.isWatch ? gone.shift()?.() : undefined;
    };
    // The watch that there is ends in the middle of a line, and is tried again from the version that it had come to.
    proxy.cutWatches();
    await follows(given, 7);
    await begunAnew.promise;
    await follows(given, 8);
    assertEquals(calls, ["watch", "list", "watch", "list", "watch"]);
  });

  test("a conflict is tried again with what is there by then", async (given) => {
    const { namespace } = given;
    const calls = answering(given, {
      which: (call) => isWrite(call) && call.namespace === namespace && !call.url.pathname.includes("events"),
      count: 6,
      answer: () => statusAnswer(409, { reason: "Conflict", message: "the object has been modified" }),
    });
    await follows(given, 7);
    assert(calls.length <= 6 + 8, JSON.stringify(calls));
  });

  test("a call that is put off is made again when the API server says, and not before", async (given) => {
    const { namespace } = given;
    const calls = answering(given, {
      which: (call) => isWrite(call) && call.url.pathname.includes(`/${namespace}/configmaps/`),
      count: 3,
      answer: () =>
        statusAnswer(429, {
          reason: "TooManyRequests",
          message: "please try again later",
          headers: { "retry-after": "2" },
        }),
    });
    await client.merge(refOf(given.actor), { spec: { limits: { timeout: "2s" } } });
    await comes(client, given.actor, ["ScalingReady", "WaitsForKeda"], PATIENT);
    assertEquals(calls.length, 4, JSON.stringify(calls));
    calls.slice(1).forEach(({ at }, i) => assert(at - (calls[i]?.at ?? 0) >= 2_000, JSON.stringify(calls)));
  });

  test("an API server that puts off everything for long is not asked in a hot loop", async (given) => {
    const { proxy, namespace } = given;
    let calls = 0;
    const enough = Promise.withResolvers<void>();
    const begun = performance.now();
    proxy.onCall = ({ url }) => {
      if (url.pathname.includes("/leases")) return undefined;
      if (++calls >= 20) enough.resolve();
      const headers = { "retry-after": "1" };
      return statusAnswer(429, { reason: "TooManyRequests", message: "please try again later", headers });
    };
    await client.merge(refOf(given.actor), { spec: { scaling: { max: 7 } } });
    // Its nine watches end within half a minute.
    await enough.promise;
    // One call a second for each watch and for the actor, at the most.
    const seconds = (performance.now() - begun) / 1000;
    assert(calls <= 10 * (seconds + 1), `${calls} calls in ${seconds} s`);
    proxy.onCall = () => undefined;
    await until(client, childOf(namespace, "a", "ScaledObject"), scaledTo(7), PATIENT);
  });

  for (const code of [500, 503]) {
    test(`an API server that answers ${code} a few times is asked again, with pauses`, async (given) => {
      const calls = answering(given, {
        which: ({ url }) => !url.pathname.includes("/leases"),
        count: 12,
        answer: () => statusAnswer(code, { reason: "InternalError", message: "etcd has no leader" }),
      });
      await follows(given, 7);
      assert(calls.length <= 12 + 20, JSON.stringify(calls));
    });
  }

  test("an API server that takes seconds for each answer is waited for, and the lease is kept", async (given) => {
    const { proxy, controller } = given;
    proxy.onCall = async () => {
      await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
      return undefined;
    };
    await follows(given, 7);
    await follows(given, 8);
    assertEquals((await controller.log()).includes("it does not act any more"), false);
  });
}
