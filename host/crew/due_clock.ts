/**
 * Notices what has waited long enough in a store, and sends word of it to the queue of whoever is to deal with it. What is
 * done then is done for a delivery, like all else, and so survives the loss of the process.
 *
 * @module
 */

import { z } from "zod";
import type { Logger } from "../observe/logs.ts";
import type { Transport } from "../transport/transport.ts";

/** Distinguishes this message from an envelope: a member that none has. */
const MARK = "x-troupe-due";

const Message = z.strictObject({ [MARK]: z.literal(1), key: z.string() });

/** The bytes of the message that something is due. */
export function writeDue(key: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify({ [MARK]: 1, key }));
}

/** What is due, by its key; undefined when the bytes say something else. */
export function readDue(body: Uint8Array): string | undefined {
  try {
    const read = Message.safeParse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)));
    return read.success ? read.data.key : undefined;
  } catch {
    return undefined;
  }
}

/** What can be due. */
export interface DueSource {
  /** Keys of what is due, longest due first. */
  due(now: number, limit: number): Promise<string[]>;
  /** When something becomes due next, after a moment. */
  nextDue(after: number): Promise<number | undefined>;
}

/** Longest time between two looks, in milliseconds: what other processes store is not told here. */
const LOOK_MS = 1_000;
/** Words sent at one look. */
const MOST = 1_000;
/** When word is sent again of what is still due, in milliseconds. */
const AGAIN_MS = 30_000;

/** A running clock. */
export interface DueClock {
  /** Stops it; resolves when nothing is under way. */
  stop(): Promise<void>;
}

/** Starts a clock. @param queue Where word is sent. */
export function runDueClock(
  queue: string,
  { source, transport, logger }: {
    readonly source: DueSource;
    readonly transport: Pick<Transport, "publish">;
    readonly logger: Logger;
  },
): DueClock {
  const told = new Map<string, number>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let looking = Promise.resolve();
  let stopped = false;
  let failing = false;

  const tell = async (now: number): Promise<void> => {
    for (const [key, at] of told) if (now - at > AGAIN_MS) told.delete(key);
    const keys = (await source.due(now, MOST)).filter((key) => !told.has(key));
    if (keys.length === 0) return;
    const outcomes = await transport.publish(keys.map((key) => ({ queue, body: writeDue(key) })));
    for (const [i, key] of keys.entries()) if (outcomes[i]?.kind === "ok") told.set(key, now);
  };
  const look = async (): Promise<void> => {
    let pause = LOOK_MS;
    try {
      const now = Date.now();
      await tell(now);
      const next = await source.nextDue(now);
      if (next !== undefined) pause = Math.min(pause, Math.max(next - Date.now(), 1));
      failing = false;
    } catch (error) {
      if (!failing && !stopped) logger.warn("what is due cannot be looked for; it is tried again", { error });
      failing = true;
    }
    if (!stopped) timer = setTimeout(begin, pause);
  };
  const begin = () => {
    looking = look();
  };
  begin();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await looking;
    },
  };
}
