/**
 * `x-sink`: where routes end, well or badly.
 *
 * @module
 */

import { JOIN, SINK } from "../actor_name.ts";
import type { Headers, Route } from "../envelope.ts";
import { TroupeError } from "../errors.ts";
import { FAN_HEADER } from "../fan.ts";
import { parseJson } from "../json_value.ts";
import { hopFields } from "../observe/hop_fields.ts";
import type { Outgoing } from "../transport/transport.ts";
import { type CrewMember, type CrewOptions, runMember } from "./member.ts";
import { resultRecord } from "./records.ts";
import { refused } from "./refused.ts";
import { sliceEndOf, writeSliceEnd } from "./slice_end.ts";
import type { Recorded, ResultRecord, Store } from "./store.ts";

/** What the sink needs. */
export interface SinkOptions extends CrewOptions {
  readonly store: Store;
  /** Told of each result that was recorded. @default nothing is done */
  readonly onRecorded?: (record: ResultRecord, recorded: Recorded) => void;
}

/**
 * Runs `x-sink`: records each result, once by its id. What is no envelope goes on to `x-sump`.
 *
 * It sends nothing onward but that, and one thing more: a slice of a fan-out that ends here while a join waits for it is
 * told to the join, before it is acknowledged. Nobody else sees such a slice end, and the join would wait for ever.
 */
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
        return [refused(error, { queue: SINK, body })];
      }
      const [recorded] = await store.recordResults([record]);
      if (recorded === "conflict") {
        options.logger.warn("another result came under an id that has one; the first is kept", {
          ...hopFields({ id: record.id, headers: parseJson(record.headers) as Headers }),
        });
      }
      if (recorded) {
        options.metrics?.recorded(SINK, recorded);
        onRecorded?.(record, recorded);
      }
      return tellJoin(record);
    },
  });
}

/** Tells the join that waits for a slice, if one does, that it ended here. */
function tellJoin({ id, headers, route, phase, reason, error }: ResultRecord): Outgoing[] {
  // Most have come of no fan-out, and need not be read again.
  if (!headers.includes(FAN_HEADER)) return [];
  const type = error === "" ? "" : String((JSON.parse(error) as { type?: unknown }).type);
  const end = sliceEndOf({
    id,
    headers: parseJson(headers) as Headers,
    route: JSON.parse(route) as Route,
    phase,
    reason: type || reason,
  });
  return end ? [{ queue: JOIN, body: writeSliceEnd(end) }] : [];
}
