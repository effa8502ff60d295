/**
 * What meshes on a real broker have in common: actors that are built once, hosts behind a network of their own, and the end
 * of what is in a queue.
 *
 * @module
 */

import { buildActor } from "@troupe/cli/build";
import { parseActorSpec } from "@troupe/controller/spec";
import type { Transport } from "@troupe/host/transport";
import { join } from "@std/path";
import type { RabbitmqServer } from "../servers/rabbitmq.ts";
import { HEARTBEAT_S } from "./faults.ts";
import { KeptHost, type KeptHostOptions } from "./kept_host.ts";

/** Pause between two looks at how much is in a queue, in milliseconds. */
const LOOK_MS = 100;
/** How long a queue may stay as it is, with nothing done to the mesh, in milliseconds. */
const STUCK_MS = 90_000;

/** Builds actors that are written in a folder. */
export async function buildAll(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const file = join(folder, name, "actor.yaml");
    await buildActor(parseActorSpec(await Deno.readTextFile(file), { file }), { check: false });
  }
}

/** Address of a namespace on a broker, with the heartbeat that the faults count on. */
export function brokerAddress(
  server: RabbitmqServer,
  { namespace, port = server.port }: { readonly namespace: string; readonly port?: number },
): string {
  return server.address({ namespace, heartbeat: String(HEARTBEAT_S) }, port);
}

/** A host on a broker. */
export function keptOn(
  server: RabbitmqServer,
  { namespace, args, ...options }:
    & Pick<KeptHostOptions, "root" | "what" | "preload">
    & { readonly namespace: string; readonly args: readonly string[] },
): KeptHost {
  return new KeptHost({
    ...options,
    port: server.port,
    // Credentials come from the environment, as in a deployment.
    args: (
      port,
    ) => ["--transport", brokerAddress(server, { namespace, port }).replace(/\/\/.*@/, "//"), ...args],
    env: { TROUPE_RABBITMQ_USER: server.user, TROUPE_RABBITMQ_PASSWORD: server.password },
  });
}

/** Resolves when nothing is in a queue. @throws {Error} with what the hosts have said when that does not come to be. */
export async function untilEmpty(
  queue: string,
  { client, hosts }: { readonly client: Transport; readonly hosts: readonly KeptHost[] },
): Promise<void> {
  let before = -1;
  let since = performance.now();
  for (;;) {
    const { ready, delayed } = await client.depth(queue);
    if (ready + delayed === 0) return;
    if (ready + delayed !== before) since = performance.now();
    before = ready + delayed;
    if (performance.now() - since > STUCK_MS) {
      const said = hosts.map(({ what, output }) => `${what}:\n${output.slice(-1_500)}`).join("\n");
      throw new Error(`${before} messages stay in ${queue}. ${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
