/**
 * Copies of what ended, for other systems: an object of JSON for each result and each dead letter.
 *
 * The store of records says what became of an envelope; an object is put after that is known, and before the message is
 * acknowledged. A process that is lost in between is given the message again, and puts the object then.
 *
 * @module
 */

import { encodeBase64 } from "@std/encoding/base64";
import { envelopeIn } from "../../envelope.ts";
import { FAN_HEADER } from "../../fan.ts";
import { resultBody } from "../records.ts";
import type { Archive, DeadRecord, Recorded, ResultRecord, Store } from "../store.ts";
import type { Bucket } from "./bucket.ts";
import { DEAD, deadKey, resultKey, RESULTS } from "./names.ts";

/** The archive of a bucket. */
export class BucketArchive implements Archive {
  readonly #bucket: Bucket;
  readonly #store: Pick<Store, "result">;

  /** @param options `store`: where the records are. */
  constructor(bucket: Bucket, { store }: { readonly store: Pick<Store, "result"> }) {
    this.#bucket = bucket;
    this.#store = store;
  }

  /** Puts a result. @param recorded What became of it in the store. */
  async result(record: ResultRecord, recorded: Recorded | undefined): Promise<void> {
    if (recorded === "conflict") return;
    // What comes again need not be what was kept: the slice that was joined has the id of what came of the join.
    let current: ResultRecord | undefined = recorded === "repeat"
      ? await this.#store.result(record.id)
      : record;
    while (current) {
      const body = resultBody(current);
      await this.#bucket.put(await resultKey(current), body);
      // Only what was joined takes the same place as another result, which may be put at the same time.
      if (!current.headers.includes(FAN_HEADER)) return;
      const kept = await this.#store.result(record.id);
      current = kept && isSame(resultBody(kept), body) ? undefined : kept;
    }
  }

  /** Puts a dead letter. @param recorded What became of it in the store. */
  async dead(record: DeadRecord, recorded: Recorded | undefined): Promise<void> {
    if (recorded === "conflict") return;
    await this.#bucket.put(await deadKey(record), deadBody(record));
  }

  async forget(before: number): Promise<number> {
    let count = 0;
    for (const folder of [RESULTS, DEAD]) {
      for await (const page of this.#bucket.list(folder)) {
        const old = page.filter(({ modifiedAt }) => modifiedAt < before).map(({ key }) => key);
        await this.#bucket.remove(old);
        count += old.length;
      }
    }
    return count;
  }
}

/** Why it is dead, and the envelope to the letter; `body` in base64 where it is none. */
function deadBody(record: DeadRecord): Uint8Array {
  const { key, queue, actor, reason, message, error, component, body, diedAt } = record;
  const letter = {
    key,
    queue,
    actor,
    reason,
    message,
    ...(error === "" ? {} : { error: JSON.parse(error) }),
    ...(component === undefined ? {} : { component }),
    died_at: new Date(diedAt).toISOString(),
  };
  const what = envelopeIn(body)
    ? `"envelope":${new TextDecoder().decode(body)}`
    : `"body":"${encodeBase64(body)}"`;
  return new TextEncoder().encode(`${JSON.stringify(letter).slice(0, -1)},${what}}`);
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}
