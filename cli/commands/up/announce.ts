/**
 * What `troupe up` says of a whole mesh.
 *
 * @module
 */

import type { MeshFolder } from "../../mesh/folder.ts";
import type { Mesh } from "../../mesh/mesh.ts";
import { countOf } from "../../view/quantity.ts";
import { fit } from "../../view/text.ts";
import type { Teller } from "./teller.ts";

/** Longest reason that stands in the line which says that the mesh is up, in columns; it was said in full before. */
const REASON_WIDTH = 160;

/** Says which actors run, and which do not, and why. */
export function tellUp(mesh: Mesh, { folder, teller }: { folder: MeshFolder; teller: Teller }): void {
  const states = mesh.actorStates();
  const running = states.filter(({ state }) => state === "running").map(({ name }) => name);
  const refused = states.filter(({ state }) => state !== "running").map(({ name, problem }) => ({
    name,
    reason: problem,
  }));
  const those = running.length > 0 ? ` (${running.join(", ")})` : "";
  const others = refused.map(({ name, reason }) =>
    `; ${name} does not run: ${fit(reason.split("\n", 1)[0] ?? "", REASON_WIDTH)}`
  );
  teller.hint("Ctrl-C finishes what is in hand and ends");
  teller.tell(
    "info",
    `mesh is up: ${countOf(running.length, "actor")}${those}${others.join("")}; state in ${folder.path}`,
    { running, refused, data: folder.path },
  );
}

/** Says that it is ending, and what is waited for. */
export function tellDraining(mesh: Mesh, teller: Teller): void {
  const inHand = mesh.actorStates().reduce((sum, { inFlight }) => sum + inFlight, 0);
  teller.hint("draining; Ctrl-C again ends at once");
  teller.tell(
    "info",
    `draining: no more is taken, ${countOf(inHand, "envelope")} in hand ${
      inHand === 1 ? "is" : "are"
    } finished; ` +
      "a second signal stops at once",
    { inHand },
  );
}

/** Says that something waits for an actor in vain. */
export function tellStranded(
  mesh: Mesh,
  { queue, count, teller }: { queue: string; count: number; teller: Teller },
): void {
  const why = mesh.isPaused(queue)
    ? `${queue}, which is paused (troupe resume ${queue})`
    : mesh.actor(queue)
    ? `${queue}, which does not run`
    : `${queue}, which is no actor of this mesh`;
  teller.tell("error", `${countOf(count, "envelope")} ${count === 1 ? "waits" : "wait"} for ${why}`, {
    actor: queue,
    count,
  });
}
