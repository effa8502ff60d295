/**
 * `x-sump`: where everything ends that could not be processed.
 *
 * @module
 */

import { SUMP } from "../actor_name.ts";
import { type CrewMember, type CrewOptions, runMember } from "./member.ts";
import { deadRecord } from "./records.ts";
import type { DeadRecord, Recorded, Store } from "./store.ts";

/** What the sump needs. */
export interface SumpOptions extends CrewOptions {
  readonly store: Store;
  /** Told of each dead envelope that was recorded. @default nothing is done */
  readonly onRecorded?: (record: DeadRecord, recorded: Recorded) => void;
}

/** Runs `x-sump`: records what is dead, its bytes unchanged, whatever they are. */
export function runSump({ store, onRecorded, ...options }: SumpOptions): CrewMember {
  return runMember(SUMP, {
    ...options,
    recording: () => store.problem(),
    async handle({ body, messageId, givenUp }) {
      const record = await deadRecord(body, { id: messageId, at: Date.now(), givenUp });
      const [recorded] = await store.recordDead([record]);
      if (recorded) onRecorded?.(record, recorded);
      return [];
    },
  });
}
