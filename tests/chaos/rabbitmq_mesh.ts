/**
 * A chain of three actors on a real broker: a process for each replica, `x-sump`, and behind a tap on the queue of `x-sink`
 * a second mesh, of `x-sink` alone, whose store is accounted.
 *
 * @module
 */

import { connect } from "amqplib";
import { openTransport } from "@troupe/host/transport/open";
import type { Transport } from "@troupe/host/transport";
import { fromFileUrl, join } from "@std/path";
import type { RabbitmqServer } from "../servers/rabbitmq.ts";
import type { KeptHost, KeptHostOptions } from "./kept_host.ts";
import { CHAIN, writeMesh } from "./mesh_files.ts";
import { brokerAddress, buildAll, keptOn, untilEmpty } from "./rabbitmq_hosts.ts";
import { RawTap } from "./raw_tap.ts";

/** What a mesh is started with. */
export interface RabbitmqMeshOptions {
  readonly server: RabbitmqServer;
  /** Where {@linkcode buildChain} has built the actors. */
  readonly built: string;
  /** For the stores and what the tap writes. */
  readonly folder: string;
  /** The working tree whose hosts are run. @default this one */
  readonly root?: string;
  /** See {@linkcode KeptHostOptions.preload}; for each replica of an actor. @default none */
  readonly preload?: (replica: number) => KeptHostOptions["preload"];
}

/** Replicas of each actor. */
const REPLICAS: Record<(typeof CHAIN)[number], number> = { spread: 1, work: 2, left: 1 };
let meshes = 0;

/** Writes the actors into a folder and builds them. */
export async function buildChain(folder: string): Promise<void> {
  await writeMesh(folder, { isolation: "reuse" });
  await buildAll(folder, CHAIN);
}

/** The mesh. */
export class RabbitmqMesh {
  readonly server: RabbitmqServer;
  readonly actors: readonly KeptHost[];
  readonly #sump: KeptHost;
  readonly #sink: KeptHost;
  /** Files: stores of `x-sump` and `x-sink`, and the bodies that the tap saw. */
  readonly files: { readonly dead: string; readonly results: string; readonly tap: string };
  readonly #namespaces: readonly [mesh: string, sink: string];
  readonly #clients: Transport[] = [];
  #tap: RawTap | undefined;

  /** Call {@linkcode start}. */
  constructor(options: RabbitmqMeshOptions) {
    const { server, built, folder, preload, root = fromFileUrl(new URL("../..", import.meta.url)) } = options;
    this.server = server;
    const namespace = `chaos-${Deno.pid}-${++meshes}`;
    this.#namespaces = [namespace, `${namespace}-sink`];
    this.files = {
      dead: join(folder, "dead.db"),
      results: join(folder, "results.db"),
      tap: join(folder, "tap.jsonl"),
    };
    const kept = (
      what: string,
      namespace: string,
      more: { readonly args: readonly string[] } & Pick<KeptHostOptions, "preload">,
    ) => keptOn(server, { root, what, namespace, ...more });
    this.actors = CHAIN.flatMap((name) => Array.from({ length: REPLICAS[name] }, () => name)).map(
      (name, i) => {
        const before = preload?.(i);
        return kept(join(built, name, "actor.yaml"), namespace, {
          args: ["--cache", join(built, ".cache")],
          ...(before ? { preload: before } : {}),
        });
      },
    );
    this.#sump = kept("x-sump", namespace, { args: ["--store", this.files.dead] });
    this.#sink = kept("x-sink", this.#namespaces[1], { args: ["--store", this.files.results] });
  }

  /** Actors and crew. */
  get all(): readonly KeptHost[] {
    return [...this.actors, this.#sump, this.#sink];
  }

  /** Starts everything; resolves when all say that they run. */
  async start(): Promise<void> {
    for (const namespace of this.#namespaces) {
      const client = await openTransport(brokerAddress(this.server, { namespace }));
      this.#clients.push(client);
      await client.declare(["x-sink", "x-sump"]);
    }
    await Promise.all(this.all.map((host) => host.start()));
    this.#openTap();
  }

  /** Publishes to the first actor until every message is confirmed. */
  async send(texts: readonly string[]): Promise<void> {
    let rest = texts.map((text) => ({ queue: CHAIN[0], body: new TextEncoder().encode(text) }));
    while (rest.length > 0) {
      const outcomes = await this.#client(0).publish(rest);
      rest = rest.filter((_, i) => outcomes[i]?.kind !== "ok");
    }
  }

  /**
   * Lets everything come to its end, from the first actor on: when a queue is empty and its hosts, on a signal, have
   * finished what they had in hand, nothing more can follow from it.
   *
   * @returns Messages that are left in queues: `namespace/queue: count`.
   */
  async finish(): Promise<string[]> {
    for (const name of CHAIN) {
      const hosts = this.actors.filter(({ what }) => what.endsWith(`/${name}/actor.yaml`));
      await this.#settle(0, name, {
        stop: () => Promise.all(hosts.map((host) => host.drain())),
        start: () => Promise.all(hosts.map((host) => host.start())),
      });
    }
    await this.#settle(0, "x-sink", { stop: () => this.#tap?.stop(), start: () => this.#openTap() });
    for (const [mesh, queue, host] of [[0, "x-sump", this.#sump], [1, "x-sink", this.#sink]] as const) {
      await this.#settle(mesh, queue, { stop: () => host.drain(), start: () => host.start() });
    }
    const left: string[] = [];
    for (const mesh of [0, 1] as const) {
      for (const [queue, { ready, delayed }] of await this.#client(mesh).depths()) {
        if (ready + delayed > 0) left.push(`${this.#namespaces[mesh]}/${queue}: ${ready} + ${delayed}`);
      }
    }
    return left;
  }

  /** Ends everything, whatever it does. */
  async end(): Promise<void> {
    await Promise.all(this.all.map((host) => host.end()));
    await this.#tap?.stop();
    for (const client of this.#clients) await client.close();
  }

  async #settle(
    mesh: 0 | 1,
    queue: string,
    { stop, start }: { stop: () => unknown; start: () => unknown },
  ): Promise<void> {
    for (;;) {
      await untilEmpty(queue, { client: this.#client(mesh), hosts: this.all });
      await stop();
      const { ready, delayed } = await this.#client(mesh).depth(queue);
      if (ready + delayed === 0) return;
      await start();
    }
  }

  #client(mesh: 0 | 1): Transport {
    return this.#clients[mesh] as Transport;
  }

  #openTap(): void {
    const { host: hostname, port, user: username, password } = this.server;
    const [from, to] = this.#namespaces.map((namespace) => `troupe_${namespace}_x-sink`) as [string, string];
    this.#tap = new RawTap({
      connect: () => connect({ hostname, port, username, password }),
      from,
      to,
      file: this.files.tap,
    });
  }
}
