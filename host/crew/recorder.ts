/**
 * Writes down the records of hops that are broadcast: for `trace`. Best effort, like the broadcast.
 *
 * @module
 */

import { z } from "zod";
import { HOP_TOPIC, type HopRecord, VERDICTS } from "../hop_record.ts";
import type { Logger } from "../observe/logs.ts";
import type { Transport } from "../transport/transport.ts";
import type { Store } from "./store.ts";

/** How long records are collected before they are written, in milliseconds. */
const COLLECT_MS = 100;
/** Most records that wait; what is over is dropped. */
const MOST_WAITING = 20_000;

const Record = z.object({
  id: z.string(),
  parentId: z.string().optional(),
  root: z.string(),
  actor: z.string(),
  hop: z.int().min(0),
  attempt: z.int().min(0),
  startedAt: z.int().min(0),
  finishedAt: z.int().min(0),
  verdict: z.enum(VERDICTS),
  error: z.object({ type: z.string(), message: z.string() }).optional(),
  children: z.array(z.object({ id: z.string(), to: z.string() })),
  host: z.string(),
  payload: z.string().optional(),
});

/** A running recorder. */
export interface Recorder {
  /** Records that were dropped: malformed, or too many at once. */
  readonly dropped: number;
  /** Stops listening, and writes what it has. */
  stop(): Promise<void>;
}

/**
 * Starts a recorder.
 *
 * @param options `store`: where records are written; `logger`: told of those that could not be.
 */
export function recordHops({ transport, store, logger }: {
  readonly transport: Transport;
  readonly store: Pick<Store, "recordHops">;
  readonly logger: Logger;
}): Recorder {
  let waiting: HopRecord[] = [];
  let dropped = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing: Promise<void> = Promise.resolve();
  const write = () => {
    timer = undefined;
    const batch = waiting;
    waiting = [];
    writing = writing.then(() => store.recordHops(batch)).catch((error: unknown) => {
      dropped += batch.length;
      logger.warn("records of hops could not be written; traces will lack them", {
        error,
        count: batch.length,
      });
    });
  };
  const unsubscribe = transport.subscribe(HOP_TOPIC, (bytes) => {
    const record = readHopRecord(bytes);
    if (!record || waiting.length >= MOST_WAITING) {
      dropped++;
      return;
    }
    waiting.push(record);
    timer ??= setTimeout(write, COLLECT_MS);
  });
  return {
    get dropped() {
      return dropped;
    },
    async stop() {
      unsubscribe();
      clearTimeout(timer);
      if (waiting.length > 0) write();
      await writing;
    },
  };
}

/** The record in what was broadcast; undefined when it is none. */
export function readHopRecord(bytes: Uint8Array): HopRecord | undefined {
  try {
    return Record.parse(JSON.parse(new TextDecoder().decode(bytes))) as HopRecord;
  } catch {
    // Whoever sends on this topic may send anything; it is counted.
    return undefined;
  }
}
