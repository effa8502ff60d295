/**
 * Payloads that are too large to travel, in a bucket: in a folder for each day.
 *
 * A payload that is put again is put into the folder of the day. So nothing is ever put into a folder that is old enough to
 * go, and none is deleted in the moment in which somebody counts on it; a time of last change, looked at and then acted
 * upon, could not promise that.
 *
 * @module
 */

import { sha256Of } from "../claim_check.ts";
import type { ClaimStore } from "../claims.ts";
import type { Bucket } from "./bucket.ts";
import { BucketUnavailableError } from "./errors.ts";
import { CLAIMS, claimsFolder } from "./names.ts";

/** The claims of a bucket. */
export class BucketClaims implements ClaimStore {
  readonly #bucket: Bucket;
  readonly #before: () => Promise<ClaimStore | undefined>;

  /**
   * @param bucket Where they are put.
   * @param options `before`: where they were put before there was a bucket; what is not in it is looked for there.
   */
  constructor(bucket: Bucket, { before }: { readonly before: () => Promise<ClaimStore | undefined> }) {
    this.#bucket = bucket;
    this.#before = before;
  }

  async put(payload: Uint8Array, { now }: { readonly now: number }): Promise<string> {
    const sha256 = await sha256Of(payload);
    await this.#bucket.put(claimsFolder(now) + sha256, payload);
    return sha256;
  }

  async get(sha256: string, { at }: { readonly at: number }): Promise<Uint8Array | undefined> {
    const payload = await this.#bucket.get(claimsFolder(at) + sha256);
    if (!payload) return await (await this.#before())?.get(sha256, { at });
    if (await sha256Of(payload) === sha256) return payload;
    // Something else than the bucket has answered, or only with a part: the payload is not lost.
    throw new BucketUnavailableError(this.#bucket.name, "what it answers is not what was put");
  }

  async forget(before: number): Promise<number> {
    let count = await (await this.#before())?.forget(before) ?? 0;
    // Names of days are in the order of time.
    const first = claimsFolder(before);
    for (const folder of await this.#bucket.folders(CLAIMS)) {
      if (!(folder < first)) continue;
      for await (const page of this.#bucket.list(folder)) {
        await this.#bucket.remove(page.map(({ key }) => key));
        count += page.length;
      }
    }
    return count;
  }
}
