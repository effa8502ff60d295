/**
 * `troupe pause` and `troupe resume`.
 *
 * @module
 */

import { isActorName, isReservedName } from "@troupe/host/actor_name";
import { EXIT } from "../exit_code.ts";
import { UsageError } from "../usage_error.ts";
import { changeControls, type ControlOptions } from "./change.ts";

/**
 * Pauses actors, or ends their pause.
 *
 * @returns The exit code.
 * @throws {UsageError} for a name that no actor can have, or that is the crew's.
 */
export async function setPaused(
  actors: readonly string[],
  { paused, ...options }: ControlOptions & { readonly paused: boolean },
): Promise<number> {
  for (const actor of actors) {
    const problem = !isActorName(actor)
      ? "is no actor's name"
      : isReservedName(actor)
      ? "is of the crew, which goes on while actors are paused"
      : undefined;
    if (problem) throw new UsageError(`${JSON.stringify(actor)} ${problem}`);
  }
  await changeControls(async ({ store, transport }) => {
    const known = new Set(await transport.queues());
    for (const actor of actors) {
      const changed = await store.controls.pause(actor, { paused, now: Date.now() });
      const now = paused ? "paused" : "resumed";
      const said = changed
        ? `${actor} is ${now}`
        : paused
        ? `${actor} was paused before`
        : `${actor} was not paused`;
      console.error(known.has(actor) ? `${said}.` : `${said}. No actor of that name has a queue yet.`);
    }
  }, options);
  return EXIT.ok;
}
