/**
 * Objects in a bucket of S3, or of a server that speaks as it does: for what is large, and for what others want to read.
 *
 * @module
 */

import { type BucketAddress } from "./address.ts";
import { Bucket } from "./bucket.ts";
import { BucketUnavailableError } from "./errors.ts";
import { BucketFailure } from "./failure.ts";

export { type BucketAddress, parseBucketAddress } from "./address.ts";
export { BucketClaims } from "./claims.ts";
export { withObjects } from "./with_objects.ts";
export type { Bucket };

/** Options of {@linkcode openBucket}. */
export interface BucketOptions {
  readonly address: BucketAddress;
  /** Told when objects cannot be put any more; they are tried again. @default nothing is done */
  readonly onFailure?: (error: unknown) => void;
}

/** An object that says whose the prefix is; by it, it is seen at once whether the bucket can be used. */
const MARK = { key: "troupe.json", body: new TextEncoder().encode('{"troupe":1}\n') };

/**
 * Opens a bucket: lists, puts and gets an object in it.
 *
 * @throws {BucketMissingError} when there is none.
 * @throws {BucketDeniedError} when it may not be used.
 * @throws {BucketUnavailableError} when the server does not answer.
 */
export async function openBucket({ address, onFailure = () => {} }: BucketOptions): Promise<Bucket> {
  const bucket = new Bucket(address, onFailure);
  try {
    for await (const _ of bucket.list(MARK.key)) break;
    await bucket.putOnce(MARK.key, MARK.body);
    const kept = await bucket.get(MARK.key);
    if (kept?.length === MARK.body.length) return bucket;
    throw new BucketUnavailableError(bucket.name, "what was put into it is not there");
  } catch (error) {
    bucket.close();
    throw error instanceof BucketFailure ? error.toError(bucket.name) : error;
  }
}
