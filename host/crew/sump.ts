/**
 * `x-sump`: where everything ends that could not be processed.
 *
 * @module
 */

import { JOIN, SUMP } from "../actor_name.ts";
import type { Outgoing } from "../transport/transport.ts";
import { type CrewMember, type CrewOptions, runMember } from "./member.ts";
import { deadEnvelope, deadRecord } from "./records.ts";
import { sliceEndOf, writeSliceEnd } from "./slice_end.ts";
import type { DeadRecord, Recorded, Store } from "./store.ts";

/** What the sump needs. */
export interface SumpOptions extends CrewOptions {
  readonly store: Store;
  /** Told of each dead envelope that was recorded. @default nothing is done */
  readonly onRecorded?: (record: DeadRecord, recorded: Recorded) => void;
}

/**
 * Runs `x-sump`: records what is dead, its bytes unchanged, whatever they are. As `x-sink` does, it tells a join of a slice
 * that ends here.
 */
export function runSump({ store, onRecorded, ...options }: SumpOptions): CrewMember {
  return runMember(SUMP, {
    ...options,
    recording: () => store.problem(),
    async handle({ body, messageId, givenUp }) {
      const record = await deadRecord(body, { id: messageId, at: Date.now(), givenUp });
      const [recorded] = await store.recordDead([record]);
      if (recorded) {
        options.metrics?.recorded(SUMP, recorded);
        onRecorded?.(record, recorded);
      }
      return tellJoin(record);
    },
  });
}

function tellJoin(record: DeadRecord): Outgoing[] {
  const envelope = record.id === "" ? undefined : deadEnvelope(record);
  const end = envelope && sliceEndOf({ ...envelope, phase: "dead", reason: record.reason });
  return end ? [{ queue: JOIN, body: writeSliceEnd(end) }] : [];
}
