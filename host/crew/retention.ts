/**
 * Forgets what is old in a store: a little at a time, again and again, whatever else is done meanwhile.
 *
 * @module
 */

import type { Logger } from "../observe/logs.ts";
import type { CrewStore, Expired, Store } from "./store.ts";

/** How long what ended is kept. */
export interface Retention {
  /** Results, the dead, their letters and hops, in milliseconds. @default 7 days */
  readonly keepMs: number;
  /** Their ids, by which a late repeat is known as one, in milliseconds; not less than the others. @default 14 days */
  readonly keepIdsMs: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** What holds where nothing else is said. */
export const DEFAULT_RETENTION: Retention = { keepMs: 7 * DAY_MS, keepIdsMs: 14 * DAY_MS };

/** Most of each kind that go in one transaction: others do not wait long for it. */
const BATCH = 500;
/** From the end of one sweep to the next, in milliseconds. */
const EVERY_MS = 10 * 60 * 1000;
/** What part of the time for which they are kept goes by until copies are looked at again: all of them are listed then. */
const COPIES_PART = 1 / 24;

const NOTHING: Expired = { results: 0, dead: 0, hops: 0, letters: 0, open: 0, ids: 0 };

/** Something that forgets. */
export interface Sweeper {
  /** Forgets everything that is old now. @returns How much that was. */
  sweep(): Promise<Expired>;
  /** Ends; resolves when nothing is done any more. */
  stop(): Promise<void>;
}

/** What a sweeper needs. */
export interface SweeperOptions {
  /** Pauses and joins that are over, and payloads that were too large to travel, are forgotten with the ids. */
  readonly store:
    & Pick<Store, "expire">
    & Partial<Pick<CrewStore, "parking" | "joining" | "controls" | "claims" | "archive">>;
  readonly logger: Logger;
  /** @default DEFAULT_RETENTION */
  readonly retention?: Retention;
  /** Milliseconds since the epoch. @default the clock */
  readonly now?: () => number;
  /** From the end of one sweep to the next, in milliseconds; the first one is after a tenth of it. @default 10 minutes */
  readonly everyMs?: number;
}

/**
 * Starts to forget. Several may do so on one store.
 *
 * Dead letters that nobody had done anything about go like the rest, and a warning says how many.
 */
export function startSweeper(
  { store, logger, retention = DEFAULT_RETENTION, now = Date.now, everyMs = EVERY_MS }: SweeperOptions,
): Sweeper {
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let copiesAt = -Infinity;
  let sweeping: Promise<unknown> = Promise.resolve();

  const sweep = async (): Promise<Expired> => {
    const at = now();
    let sum = NOTHING;
    while (!stopped) {
      const batch = await store.expire({
        before: at - retention.keepMs,
        idsBefore: at - retention.keepIdsMs,
        limit: BATCH,
      });
      if (Object.values(batch).every((count) => count === 0)) break;
      sum = add(sum, batch);
    }
    tell(sum, { logger, retention });
    if (!stopped) await forgetWaits(at - retention.keepIdsMs);
    if (!stopped && at - copiesAt >= retention.keepMs * COPIES_PART) {
      const copies = await store.archive?.forget(at - retention.keepMs) ?? 0;
      copiesAt = at;
      if (copies > 0) logger.info("copies of what ended are forgotten", { copies });
    }
    return sum;
  };
  const forgetWaits = async (before: number): Promise<void> => {
    const pauses = await store.parking?.forget(before) ?? 0;
    const joins = await store.joining?.forget(before) ?? 0;
    // Nothing of what was called off is under way any more.
    await store.controls?.forget(before);
    await store.claims?.forget(before);
    // Nor is a slice that has not come since; its join would wait for ever, and nobody would know.
    const givenUp = await store.joining?.giveUp(before, { now: now() }) ?? 0;
    if (givenUp > 0) {
      logger.warn("joins to which nothing had come for long are given up, as failed", {
        count: givenUp,
        afterDays: retention.keepIdsMs / DAY_MS,
      });
    }
    if (pauses + joins > 0) logger.info("pauses and joins that were over are forgotten", { pauses, joins });
  };
  const later = (ms: number) => {
    timer = setTimeout(() => {
      sweeping = sweep().catch((error: unknown) => {
        if (!stopped) logger.warn("what is old could not be forgotten; it is tried again later", { error });
      }).finally(() => {
        if (!stopped) later(everyMs);
      });
    }, ms);
    // A process does not live on for it.
    Deno.unrefTimer(Number(timer));
  };
  later(everyMs / 10);
  return {
    sweep,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await sweeping;
    },
  };
}

function tell(
  { open, ...counts }: Expired,
  { logger, retention }: { readonly logger: Logger; readonly retention: Retention },
): void {
  if (open > 0) {
    logger.warn("dead letters that nobody had done anything about were too old, and are gone", {
      count: open,
      keptDays: retention.keepMs / DAY_MS,
    });
  }
  if (Object.values(counts).some((count) => count > 0)) {
    logger.info("what was old is forgotten", { ...counts });
  }
}

function add(one: Expired, other: Expired): Expired {
  return {
    results: one.results + other.results,
    dead: one.dead + other.dead,
    hops: one.hops + other.hops,
    letters: one.letters + other.letters,
    open: one.open + other.open,
    ids: one.ids + other.ids,
  };
}
