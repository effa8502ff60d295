/**
 * How far a demo is.
 *
 * @module
 */

import { SINK } from "@troupe/host/actor_name";
import type { Teller } from "../commands/up/teller.ts";
import type { Counter } from "../mesh/counter.ts";
import type { Mesh } from "../mesh/mesh.ts";
import { countOf, formatCount, formatDuration } from "../view/quantity.ts";

/** How often progress is told where there is no live view, in milliseconds. */
const PROGRESS_MS = 2_000;

/** Shows how far it is: a live view on a terminal, a line now and then elsewhere. */
export function startProgress(
  teller: Teller,
  { mesh, counter }: { readonly mesh: Mesh; readonly counter: Counter },
): { stop(): void } {
  teller.show(mesh, "building and starting the actors");
  if (Deno.stderr.isTerminal()) return { stop: () => {} };
  const since = performance.now();
  const timer = setInterval(() => {
    teller.tell("info", `${formatDuration(performance.now() - since)}: ${whatGoesOn(mesh, counter)}`);
  }, PROGRESS_MS);
  return { stop: () => clearInterval(timer) };
}

function whatGoesOn(mesh: Mesh, counter: Counter): string {
  const states = mesh.actorStates();
  const coming = states.filter(({ state }) => state === "building" || state === "starting");
  if (coming.length > 0) return coming.map(({ name, state }) => `${name} is ${state}`).join(", ");
  const done = states.reduce((sum, { name }) => sum + counter.of(name).done, 0);
  const inHand = states.reduce((sum, { inFlight }) => sum + inFlight, 0);
  return `${countOf(done, "hop")} done, ${formatCount(inHand)} in hand, ${
    countOf(counter.of(SINK).done, "result")
  }`;
}
