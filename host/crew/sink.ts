/**
 * `x-sink`: where routes end, well or badly.
 *
 * @module
 */

import { SINK, SUMP } from "../actor_name.ts";
import { TroupeError } from "../errors.ts";
import { wrapDead } from "./dead_letter.ts";
import { type CrewMember, type CrewOptions, runMember } from "./member.ts";
import { resultRecord } from "./records.ts";
import type { Recorded, ResultRecord, Store } from "./store.ts";

/** What the sink needs. */
export interface SinkOptions extends CrewOptions {
  readonly store: Store;
  /** Told of each result that was recorded. @default nothing is done */
  readonly onRecorded?: (record: ResultRecord, recorded: Recorded) => void;
}

/** Runs `x-sink`: records each result, once by its id. What is no envelope goes on to `x-sump`. */
export function runSink({ store, onRecorded, ...options }: SinkOptions): CrewMember {
  return runMember(SINK, {
    ...options,
    recording: () => store.problem(),
    async handle({ body }) {
      let record: ResultRecord;
      try {
        record = resultRecord(body, Date.now());
      } catch (error) {
        if (!(error instanceof TroupeError)) throw error;
        const letter = {
          reason: error.code,
          message: error.message,
          queue: SINK,
          actor: SINK,
          at: new Date(),
          body,
        };
        return [{ queue: SUMP, body: wrapDead(letter) }];
      }
      const [recorded] = await store.recordResults([record]);
      if (recorded === "conflict") {
        options.logger.warn("another result came under an id that has one; the first is kept", {
          id: record.id,
        });
      }
      if (recorded) onRecorded?.(record, recorded);
      return [];
    },
  });
}
