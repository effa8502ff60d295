/**
 * A store with a bucket beside it: records stay in the store, which has transactions; payloads that are too large to travel
 * are in the bucket, and so are copies of what ended.
 *
 * @module
 */

import type { CrewStore } from "../store.ts";
import { BucketArchive } from "./archive.ts";
import type { Bucket } from "./bucket.ts";
import { BucketClaims } from "./claims.ts";

/** The store, with a bucket for what is large. Closing it closes both. */
export function withObjects(store: CrewStore, bucket: Bucket): CrewStore {
  const archive = new BucketArchive(bucket, { store });
  const { letters, parking, joining, controls } = store;
  return {
    letters,
    parking,
    joining,
    controls,
    claims: new BucketClaims(bucket, { before: () => Promise.resolve(store.claims) }),
    archive,
    async recordResults(records) {
      const recorded = await store.recordResults(records);
      await Promise.all(records.map((record, i) => archive.result(record, recorded[i])));
      return recorded;
    },
    async recordDead(records) {
      const recorded = await store.recordDead(records);
      await Promise.all(records.map((record, i) => archive.dead(record, recorded[i])));
      return recorded;
    },
    recordHops: (records) => store.recordHops(records),
    result: (id) => store.result(id),
    results: (filter) => store.results(filter),
    dead: (filter) => store.dead(filter),
    hops: (root) => store.hops(root),
    rootOf: (id) => store.rootOf(id),
    counts: () => store.counts(),
    expire: (options) => store.expire(options),
    problem: () => store.problem() || bucket.problem,
    async close() {
      bucket.close();
      await store.close();
    },
  };
}
