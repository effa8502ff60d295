/**
 * `troupe cancel`.
 *
 * @module
 */

import { RESUME } from "@troupe/host/actor_name";
import { writeCancellation } from "@troupe/host/crew/answer";
import type { CrewStore } from "@troupe/host/crew/store";
import { countOf } from "../../view/quantity.ts";
import { EXIT } from "../exit_code.ts";
import { changeControls, type ControlledMesh, type ControlOptions } from "./change.ts";
import { parkedOf } from "./parked_of.ts";

/** Options of `troupe cancel`. */
export interface CancelOptions extends ControlOptions {
  readonly only: boolean;
}

/** Calls envelopes off. @returns The exit code. */
export async function cancel(ids: readonly string[], { only, ...options }: CancelOptions): Promise<number> {
  await changeControls(async ({ store }) => {
    const changed: { readonly id: string; readonly isNew: boolean }[] = [];
    for (const id of ids) {
      changed.push({ id, isNew: await store.controls.cancel(id, { only, now: Date.now() }) });
    }
    return changed;
  }, {
    ...options,
    // What begins to wait later finds by itself that it is called off.
    async then(mesh, changed) {
      for (const { id, isNew } of changed) {
        const parked = await cancelParked(id, { mesh, only });
        console.error(
          [
            isNew ? `${id} is called off` : `${id} was called off before`,
            ...await hasEnded(id, mesh.store) ? ["though it has ended itself"] : [],
            ...parked > 0
              ? [`and so ${parked === 1 ? "is" : "are"} ${countOf(parked, "envelope")} that waited`]
              : [],
          ].join(", ") + ".",
        );
      }
    },
  });
  return EXIT.ok;
}

async function hasEnded(id: string, store: CrewStore): Promise<boolean> {
  return await store.result(id) !== undefined;
}

/** What waits for an answer takes no hop by itself: its pause is ended. @returns How many. */
async function cancelParked(
  id: string,
  { mesh: { store, transport }, only }: { readonly mesh: ControlledMesh; readonly only: boolean },
): Promise<number> {
  const keys = await parkedOf(store.parking, { id, only });
  const messages = keys.map((key) => ({
    queue: RESUME,
    body: writeCancellation(key, { by: id }),
  }));
  const outcomes = await transport.publish(messages);
  const failed = outcomes.find(({ kind }) => kind !== "ok");
  if (failed) {
    const why = "detail" in failed ? failed.detail : "";
    console.error(`What waits for an answer could not be called off; say it again: ${why}`);
  }
  return outcomes.filter(({ kind }) => kind === "ok").length;
}
