// The controller killed with SIGKILL between every two calls that it makes for an actor, to the API server and to the broker,
// while it makes one, follows a change of its spec, and takes one down with its queue. A proxy before each holds the n-th
// call for an actor, for each of many actors another n; when all are held, the process is killed, so that none of these calls
// ever arrives. Another process then has to come to what one comes to that is left alone: the same objects, field by field,
// and who has set which; nothing twice, nothing left over, and no flood of events.

import { assert, assertEquals } from "@std/assert";
import { type KubeObject, refOf } from "@troupe/controller/kube";
import { openTransport } from "@troupe/host/transport/open";
import { AmqpProxy } from "../servers/amqp_proxy.ts";
import { lacksRabbitmq, RabbitmqServer } from "../servers/rabbitmq.ts";
import { ApiProxy } from "./api_proxy.ts";
import {
  actorOf,
  childOf,
  comes,
  ControllerSite,
  installKedaKinds,
  sayAsKeda,
} from "./_controller_testing.ts";
import type { LoggedProcess } from "./_logged_process.ts";
import { FaultPoints, type Side } from "./_fault_points.ts";
import { snapshot, told } from "./_snapshot.ts";
import { lacksControlPlane } from "./binary.ts";
import { ControlPlane } from "./control_plane.ts";
import { conditionOf, exists, gone, until } from "./until.ts";

/** Enough to hold one call of each actor, and to have the connections for it. */
const WORKERS = 64;
const PATIENT = { patienceMs: 60_000 };
/** Events beyond those of an actor that was left alone: what was said of it when it was looked at anew, half made. */
const MORE_EVENTS = 4;
const NAME = "split";
const CREATED = { queuePolicy: "Delete", scaling: { min: 1, max: 1 } };
/** Touches everything that is made for an actor but its account, of which nothing can be chosen. */
const CHANGED = {
  limits: { timeout: "2s" },
  scaling: { min: 1, max: 4, queueLength: 7 },
  grants: { http: [{ host: "api.example.com" }] },
  podTemplate: { labels: { team: "shop" } },
};

interface Point {
  readonly side: Side;
  readonly call: number;
}

interface Doing {
  /** Makes a namespace in which it can be done. */
  readonly prepare: () => Promise<string>;
  readonly act: (namespace: string) => Promise<KubeObject | boolean>;
  /** Resolves when the controller has done what follows from it. */
  readonly done: (namespace: string) => Promise<void>;
  /** At how many points it is held at least. */
  readonly least: number;
  /** How many objects there are then. */
  readonly objects: number;
}

if (!await lacksControlPlane() && !lacksRabbitmq()) {
  const [control, server] = await Promise.all([ControlPlane.start(), RabbitmqServer.start()]);
  const broker = new AmqpProxy(server.port);
  const api = await ApiProxy.start(control);
  const { client } = control;
  const site = await ControllerSite.make(control, {
    port: broker.port,
    user: server.user,
    password: server.password,
  });
  await installKedaKinds(client);
  const points = new FaultPoints({ api, broker });
  const start = async () => {
    const controller = await site.start("one", { port: api.port, workers: WORKERS });
    await controller.says("it acts");
    return controller;
  };
  let controller: LoggedProcess = await start();
  Deno.test.afterAll(async () => {
    await controller.stop();
    points.disarm();
    await Promise.all([api[Symbol.asyncDispose](), broker[Symbol.asyncDispose]()]);
    await Promise.all([control.stop(), server.stop()]);
  });

  const refIn = (namespace: string) => refOf(actorOf(namespace, NAME));
  /** Made, and said to be scaled. */
  const isReady = async (namespace: string) => {
    await exists(client, childOf(namespace, NAME, "ScaledObject"), PATIENT);
    await sayAsKeda(client, namespace, NAME);
    await settled(namespace);
  };
  /** All is as it is to be, and the status is of all of it. */
  const settled = async (namespace: string) => {
    await comes(client, actorOf(namespace, NAME), ["Ready", "True"], PATIENT);
    await until(
      client,
      refIn(namespace),
      (object) =>
        (object?.status as { readyReplicas?: number } | undefined)?.readyReplicas === 1 &&
        conditionOf(object, "WorkloadReady")?.reason === "Running",
      PATIENT,
    );
  };
  const make = async () => {
    const namespace = await control.makeNamespace();
    await client.create(actorOf(namespace, NAME, CREATED));
    await isReady(namespace);
    // What is told last of it.
    await told(client, namespace, "Scaling");
    return namespace;
  };
  const onBroker = async () => {
    const queues = await server.control("list_queues", "name", "type", "arguments");
    const bindings = await server.control("list_bindings", "source_name", "destination_name", "routing_key");
    const lines = `${queues}\n${bindings}`.split("\n");
    return (namespace: string) =>
      lines.filter((line) => line.includes(`troupe_${namespace}_`))
        .map((line) => line.replaceAll(namespace, "NAMESPACE")).sort();
  };

  /** The queues that are on the list which hosts share. */
  const listed = async (namespace: string) => {
    const transport = await openTransport(server.address({ namespace }));
    try {
      return await transport.queues();
    } finally {
      await transport.close();
    }
  };

  /**
   * Does something to an actor in each of as many namespaces as it takes calls, kills the controller when each is held at its
   * own, starts another, and compares what it comes to with that of an actor that was left alone.
   */
  const everywhere = async ({ prepare, act, done, least, objects }: Doing): Promise<void> => {
    const alone = await prepare();
    points.arm(alone);
    await act(alone);
    await done(alone);
    const calls = points.callsOf(alone);
    const held: Point[] = (["api", "broker"] as const).flatMap((side) =>
      calls[side].map((_, i) => ({ side, call: i + 1 }))
    );
    const namespaces = await Promise.all(held.map(() => prepare()));
    await Promise.all(namespaces.map(async (namespace, i) => {
      points.arm(namespace, held[i]);
      await act(namespace);
      // What comes of pods that start may be seen in one look or in two, so that one has less calls than another.
      await Promise.race([points.held(namespace), done(namespace).catch(() => {})]);
    }));
    await controller.kill9();
    const come = namespaces.filter((namespace) => points.isHeld(namespace)).length;
    points.disarm();
    controller = await start();
    await Promise.all(namespaces.map((namespace) => done(namespace)));
    const expected = await snapshot(client, alone);
    const brokerOf = await onBroker();
    const known = await listed(alone);
    for (const [i, namespace] of namespaces.entries()) {
      const { side, call } = held[i] as Point;
      const point = `killed before call ${call} to the ${side}: ${calls[side][call - 1]}`;
      const { objects: found, events } = await snapshot(client, namespace);
      assertEquals(found, expected.objects, point);
      assertEquals(brokerOf(namespace), brokerOf(alone), point);
      assertEquals(await listed(namespace), known, point);
      const count = (each: Readonly<Record<string, number>>) =>
        Object.values(each).reduce((a, b) => a + b, 0);
      assert(
        count(events) <= count(expected.events) + MORE_EVENTS,
        `${point}: ${JSON.stringify(events)} instead of ${JSON.stringify(expected.events)}`,
      );
    }
    assertEquals(Object.keys(expected.objects).length, objects);
    assert(come >= least, `${come} of ${held.length} points were come to: ${JSON.stringify(calls)}`);
    console.error(`killed at ${come} of ${held.length} points`);
  };

  const test = (name: string, fn: () => Promise<void>) =>
    Deno.test({ name: `cluster: ${name}`, sanitizeResources: false, sanitizeOps: false, fn });

  test("killed between every two calls of making an actor", async () => {
    await everywhere({
      prepare: () => control.makeNamespace(),
      act: (namespace) => client.create(actorOf(namespace, NAME, CREATED)),
      done: isReady,
      least: 21,
      objects: 7,
    });
  });

  test("killed between every two calls of a change that touches all that was made", async () => {
    await everywhere({
      prepare: make,
      act: (namespace) => client.merge(refIn(namespace), { spec: CHANGED }),
      done: settled,
      least: 7,
      objects: 8,
    });
  });

  test("killed between every two calls of taking an actor down with its queue", async () => {
    await everywhere({
      prepare: make,
      act: (namespace) => client.delete(refIn(namespace)),
      done: async (namespace) => {
        await gone(client, refIn(namespace), PATIENT);
      },
      least: 14,
      objects: 0,
    });
  });
}
