/**
 * What is done to a mesh on RabbitMQ.
 *
 * @module
 */

import type { RabbitmqServer } from "../servers/rabbitmq.ts";
import type { KeptHost } from "./kept_host.ts";

/** What can happen. */
export const FAULTS = ["host", "child", "broker", "cut", "silence"] as const;

/**
 * - `host`: kill -9 of a host;
 * - `child`: kill -9 of a sandbox;
 * - `broker`: kill -9 of the broker, and a restart;
 * - `cut`: the connections of a host are cut;
 * - `silence`: nothing passes on them, for longer than the heartbeat.
 */
export type Fault = (typeof FAULTS)[number];

/** Heartbeat of the hosts, in seconds. A connection is given up after two to three of them. */
export const HEARTBEAT_S = 2;
/** How long a connection is silent, in milliseconds: at least, and how much more at most. */
const SILENCE_MS = { least: 3_200 * HEARTBEAT_S, more: 2_000 };

/** Whom it happens to. */
export interface Victims {
  readonly server: RabbitmqServer;
  readonly actors: readonly KeptHost[];
  /** Actors and crew. */
  readonly all: readonly KeptHost[];
}

/** Does it; resolves when it is over. @returns False when there was nobody to whom it could be done. */
export async function strike(fault: Fault, victims: Victims, random: () => number): Promise<boolean> {
  const { server, actors, all } = victims;
  const one = (hosts: readonly KeptHost[]) => hosts[Math.floor(random() * hosts.length)] as KeptHost;
  switch (fault) {
    case "host":
      return one(all).kill9();
    case "child":
      return one(actors).killChild(random);
    case "broker":
      await server.kill9();
      await server.restart();
      return true;
    case "cut": {
      const { proxy } = one(all);
      const connected = proxy.clients > 0;
      proxy.cut();
      return connected;
    }
    case "silence": {
      const { proxy } = one(all);
      const connected = proxy.clients > 0;
      proxy.freeze();
      await new Promise((resolve) => setTimeout(resolve, SILENCE_MS.least + random() * SILENCE_MS.more));
      proxy.resume();
      return connected;
    }
  }
}
