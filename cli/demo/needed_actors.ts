/**
 * The actors that a demo cannot do without.
 *
 * @module
 */

import { TroupeError } from "@troupe/host/errors";
import type { Mesh } from "../mesh/mesh.ts";

/** The demo needs every actor, and one of them does not run. */
export class DemoActorsError extends TroupeError {
  constructor(names: readonly string[]) {
    super(
      "troupe.DemoActors",
      "system",
      `The demo needs all of its actors, and ${names.join(", ")} cannot run: the lines above say why`,
    );
  }
}

/**
 * Waits until all actors run.
 *
 * @param except Names of those that it does without.
 * @throws {DemoActorsError} when another one does not.
 */
export async function untilActorsRun(
  mesh: Pick<Mesh, "started" | "actorStates">,
  except: readonly string[] = [],
): Promise<void> {
  await mesh.started;
  const broken = mesh.actorStates().filter(({ state }) => state !== "running").map(({ name }) => name)
    .filter((name) => !except.includes(name));
  if (broken.length > 0) throw new DemoActorsError(broken);
}
