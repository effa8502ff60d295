/**
 * One actor that KEDA scales: its pods are real hosts, and whoever sends it envelopes keeps account of what comes out.
 *
 * @module
 */

import { SINK, SUMP } from "@troupe/host/actor_name";
import { tellControls } from "@troupe/host/control_feed";
import { createLogger } from "@troupe/host/observe/logs";
import { openTransport } from "@troupe/host/transport/open";
import type { Consumer, Transport } from "@troupe/host/transport";
import { type KubeClient, type KubeObject, refOf } from "@troupe/controller/kube";
import { encodeHex } from "@std/encoding/hex";
import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { z } from "zod";
import { buildActor } from "@troupe/cli/build";
import { parseActorSpec } from "@troupe/controller/spec";
import type { RabbitmqServer } from "../servers/rabbitmq.ts";
import { actorOf, comes } from "./_controller_testing.ts";
import { RunningPods } from "./_running_pods.ts";

/** Takes its time, without using the processor, and gives on what it was given. */
const SOURCE = `import { sleep } from "@troupe/sdk/sleep";
export function handle({ k, ms }) {
  sleep(ms);
  return k;
}
`;
const ACTOR = "work";
/** How long an actor of these tests may take, at most. */
export const TIMEOUT = "10s";
const ResultShape = z.looseObject({ id: z.string(), payload: z.number() });

/** The component of all these actors. */
export interface Work {
  readonly component: string;
  readonly sha256: string;
  readonly cache: string;
}

/** Builds the component. @param folder Where it and what is made of it is put. */
export async function buildWork(folder: string): Promise<Work> {
  const file = join(folder, "actor.yaml");
  const text = `apiVersion: troupe.dev/v1alpha1
kind: Actor
metadata: { name: ${ACTOR} }
spec: { component: { file: build/${ACTOR}.wasm } }
`;
  await Deno.writeTextFile(join(folder, "actor.js"), SOURCE);
  await Deno.writeTextFile(file, text);
  await buildActor(parseActorSpec(text, { file }), { check: false });
  const component = join(folder, "build", `${ACTOR}.wasm`);
  const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(component));
  return { component, sha256: encodeHex(digest), cache: join(folder, "cache") };
}

/** What a mesh is made with. */
export interface ScaledMeshOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly broker: RabbitmqServer;
  readonly work: Work;
  /** Of the actor: `scaling` and so on. */
  readonly spec: Readonly<Record<string, unknown>>;
  /** Whether its pods do something. @default true */
  readonly hosts?: boolean | undefined;
  /** Of the actor. @default "work" */
  readonly name?: string | undefined;
  /** What is in the Secret with which KEDA signs in. @default the broker's */
  readonly credentials?: Credentials | undefined;
}

/** Who connects to a broker. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** An actor, its pods, and whoever sends to it and takes what it gives. */
export class ScaledMesh implements AsyncDisposable {
  readonly pods: RunningPods;
  readonly client: KubeClient;
  readonly namespace: string;
  readonly transport: Transport;
  /** Of the actor. */
  readonly name: string;
  /** The actor, as it was made. */
  readonly actor: KubeObject;
  /** How often each number has come out. */
  readonly #came = new Map<number, number>();
  readonly #waiting = new Set<() => void>();
  readonly #sink: Consumer;
  readonly #taking: Promise<void>;
  readonly #controls: { stop(): Promise<void> };
  #sent = 0;

  private constructor(
    { client, namespace, broker, work, hosts }: ScaledMeshOptions,
    { transport, actor }: { readonly transport: Transport; readonly actor: KubeObject },
  ) {
    this.client = client;
    this.namespace = namespace;
    this.transport = transport;
    this.actor = actor;
    this.name = actor.metadata.name ?? "";
    this.pods = new RunningPods({ client, namespace, actor: this.name, broker, hosts, ...work });
    this.#sink = transport.consume(SINK, { inFlight: 100 });
    this.#taking = this.#take();
    // As whoever runs x-sink does: a host asks at its start what is paused.
    const logger = createLogger({ format: "json", level: "error" });
    const asked = { revision: 0, paused: [], canceled: [] };
    this.#controls = tellControls(transport, { read: () => Promise.resolve(asked), logger });
  }

  /** Makes the actor, and the Secret with who connects to the broker; resolves when its queue is there. */
  static async make(options: ScaledMeshOptions): Promise<ScaledMesh> {
    const { client, namespace, broker, work, spec, credentials = broker, name = ACTOR } = options;
    const transport = await openTransport(broker.address({ namespace }));
    await transport.declare([SINK, SUMP]);
    await setCredentials(client, namespace, credentials);
    const actor = await client.create(actorOf(namespace, name, {
      component: { configMap: { name: "component-work", key: "component.wasm" }, sha256: work.sha256 },
      ...spec,
      limits: { timeout: TIMEOUT, concurrency: 2, ...spec["limits"] as Record<string, unknown> | undefined },
    }));
    await comes(client, actor, ["QueueReady", "True"]);
    return new ScaledMesh(options, { transport, actor });
  }

  /** How many different envelopes have come out. */
  get arrived(): number {
    return this.#came.size;
  }

  /** Sends so many envelopes more, each of which takes so many milliseconds. */
  async send(count: number, ms: number): Promise<void> {
    const outcomes = await this.transport.publish(Array.from({ length: count }, () => {
      const k = this.#sent++;
      const envelope = { id: `e-${k}`, route: { prev: [], curr: this.name, next: [] }, payload: { k, ms } };
      return { queue: this.name, body: new TextEncoder().encode(JSON.stringify(envelope)) };
    }));
    assertEquals(outcomes.filter(({ kind }) => kind !== "ok"), []);
  }

  /** Resolves when all that was sent has come out. @throws {Error} with what is missing, when that does not come to be. */
  async allCame({ patienceMs = 120_000 }: { readonly patienceMs?: number } = {}): Promise<void> {
    await this.came(this.#sent, { patienceMs });
  }

  /** Resolves when so many different envelopes have come out. */
  async came(count: number, { patienceMs = 120_000 }: { readonly patienceMs?: number } = {}): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const check = () => {
      if (this.#came.size >= count) resolve();
    };
    const timer = setTimeout(async () => {
      const said = await this.pods.logs();
      reject(new Error(`${this.#came.size} of ${count} envelopes have come. The hosts say:\n${said}`));
    }, patienceMs);
    this.#waiting.add(check);
    check();
    await promise.finally(() => {
      clearTimeout(timer);
      this.#waiting.delete(check);
    });
  }

  /**
   * Checks that each envelope has come out once, and that no host was killed.
   *
   * @param options `repeats`: whether one may have come out again, as after a crash of the broker. @default false
   */
  async account({ repeats = false }: { readonly repeats?: boolean } = {}): Promise<void> {
    await this.pods.drained();
    assertEquals(this.pods.overdue, []);
    const counts = [...this.#came].map(([k, count]) => [k, repeats ? Math.min(count, 1) : count]);
    const wanted = Array.from({ length: this.#sent }, (_, k) => [k, 1]);
    assertEquals(Object.fromEntries(counts), Object.fromEntries(wanted));
    const { ready, delayed } = await this.transport.depth(SUMP);
    assertEquals(ready + delayed, 0, "something could not be processed");
  }

  /** Changes the actor. */
  async change(spec: Readonly<Record<string, unknown>>): Promise<void> {
    await this.client.merge(refOf(this.actor), { spec });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.delete(refOf(this.actor));
    await this.pods[Symbol.asyncDispose]();
    await this.#controls.stop();
    await this.#sink.stop();
    await this.#taking;
    await this.transport.close();
  }

  async #take(): Promise<void> {
    for await (const delivery of this.#sink) {
      const { payload } = ResultShape.parse(JSON.parse(new TextDecoder().decode(delivery.body)));
      this.#came.set(payload, (this.#came.get(payload) ?? 0) + 1);
      await delivery.settle([]);
      for (const check of this.#waiting) check();
    }
  }
}

/** Makes the Secret that hosts and KEDA sign in with, or changes it. */
export async function setCredentials(
  client: KubeClient,
  namespace: string,
  { user, password }: Credentials,
): Promise<void> {
  await client.apply({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "broker", namespace },
    stringData: { username: user, password },
  }, { fieldManager: "test", force: true });
}
