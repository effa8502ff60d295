/**
 * The operations run's mesh as a cluster runs it: a process for each replica of actors and crew, queues on a real broker,
 * and a store in Postgres that all of them share.
 *
 * @module
 */

import { CREW } from "@troupe/host/actor_name";
import type { Transport } from "@troupe/host/transport";
import { openTransport } from "@troupe/host/transport/open";
import { fromFileUrl, join } from "@std/path";
import type { PostgresServer } from "../servers/postgres.ts";
import type { RabbitmqServer } from "../servers/rabbitmq.ts";
import { type Fault, strike } from "./faults.ts";
import type { KeptHost } from "./kept_host.ts";
import { OPERATIONS_ACTORS, writeOperationsMesh } from "./operations_actors.ts";
import type { OperationsMesh } from "./operations_run.ts";
import { brokerAddress, buildAll, keptOn, untilEmpty } from "./rabbitmq_hosts.ts";

/** Replicas, where there is more than one. */
const REPLICAS: Readonly<Record<string, number>> = { shaky: 2, "x-join": 2 };

/** What it is started with. */
export interface RabbitmqOperationsOptions {
  readonly broker: RabbitmqServer;
  readonly database: PostgresServer;
  /** For everything that it writes; empty. */
  readonly folder: string;
}

/** The mesh. */
export class RabbitmqOperations implements OperationsMesh<Fault> {
  readonly transport: string;
  readonly store: string;
  readonly #options: RabbitmqOperationsOptions;
  readonly #actors: readonly KeptHost[];
  readonly #crew: readonly KeptHost[];
  #client: Transport | undefined;

  private constructor(options: RabbitmqOperationsOptions, store: string) {
    const { broker, folder } = options;
    const namespace = `operations-${Deno.pid}`;
    this.#options = options;
    this.store = store;
    this.transport = brokerAddress(broker, { namespace });
    const kept = (name: string, { what, args }: { what: string; args: readonly string[] }) =>
      Array.from({ length: REPLICAS[name] ?? 1 }, () =>
        keptOn(broker, {
          root: fromFileUrl(new URL("../..", import.meta.url)),
          namespace,
          what,
          args: ["--store", store, ...args],
        }));
    this.#actors = OPERATIONS_ACTORS.flatMap((name) =>
      kept(name, { what: join(folder, name, "actor.yaml"), args: ["--cache", join(folder, ".cache")] })
    );
    this.#crew = CREW.flatMap((name) => kept(name, { what: name, args: [] }));
  }

  /** Makes it, in a database of its own. */
  static async make(options: RabbitmqOperationsOptions): Promise<RabbitmqOperations> {
    const { database } = options;
    return new RabbitmqOperations(options, database.address(await database.database()));
  }

  async start(): Promise<void> {
    const { folder } = this.#options;
    await writeOperationsMesh(folder);
    await buildAll(folder, OPERATIONS_ACTORS);
    this.#client = await openTransport(this.transport);
    await this.#client.declare([...OPERATIONS_ACTORS, ...CREW]);
    await Promise.all(this.#all.map((host) => host.start()));
  }

  strike(fault: Fault, random: () => number): Promise<boolean> {
    return strike(fault, { server: this.#options.broker, actors: this.#actors, all: this.#all }, random);
  }

  /** When all queues are empty and the hosts have finished what they had in hand, perhaps into queues, it is looked again. */
  async finish(): Promise<string[]> {
    for (;;) {
      for (const queue of [...OPERATIONS_ACTORS, ...CREW]) {
        await untilEmpty(queue, { client: this.#connected, hosts: this.#all });
      }
      await Promise.all(this.#all.map((host) => host.drain()));
      const depths = [...(await this.#connected.depths()).values()];
      const failures = this.#all.flatMap(({ failures }) => failures);
      if (failures.length > 0 || depths.every(({ ready, delayed }) => ready + delayed === 0)) return failures;
      await Promise.all(this.#all.map((host) => host.start()));
    }
  }

  async end(): Promise<void> {
    await Promise.all(this.#all.map((host) => host.end()));
    await this.#client?.close();
  }

  get #all(): readonly KeptHost[] {
    return [...this.#actors, ...this.#crew];
  }

  get #connected(): Transport {
    return this.#client as Transport;
  }
}
