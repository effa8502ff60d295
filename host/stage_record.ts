/**
 * The record of something that happened to a sandbox, for `top`. Broadcast by hosts, best effort.
 *
 * @module
 */

import { z } from "zod";

/** The topic on which they are broadcast: a JSON text each. */
export const STAGE_TOPIC = "stages";

const Record = z.object({
  actor: z.string(),
  event: z.enum(["child-started", "child-killed", "child-died"]),
  /** Why, where it did not start. */
  reason: z.string().optional(),
  /** Milliseconds since the epoch. */
  at: z.int().min(0),
  /** Which process did it. */
  host: z.string(),
});

/** One event. */
export type StageRecord = Readonly<z.infer<typeof Record>>;

/** The bytes of a record. */
export function writeStageRecord(record: StageRecord): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(record));
}

/** Reads a record; undefined when the bytes are something else, as whoever sends on a topic may send anything. */
export function readStageRecord(bytes: Uint8Array): StageRecord | undefined {
  try {
    return Record.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return undefined;
  }
}
