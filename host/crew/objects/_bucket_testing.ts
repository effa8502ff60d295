/**
 * Buckets for tests, on one server for each file of tests.
 *
 * @module
 */

import { S3Server } from "@troupe/tests/servers/s3";
import { startSqlite, type StoreHarness } from "../_store_harness_testing.ts";
import type { CrewStore } from "../store.ts";
import { type Bucket, openBucket, parseBucketAddress, withObjects } from "./mod.ts";

let shared: Promise<S3Server> | undefined;

/** The server of this file of tests; it ends with the process. */
export function sharedS3(): Promise<S3Server> {
  return shared ??= S3Server.start();
}

/** Opens a bucket of a server. @param where Its name, and a prefix if there is one. */
export async function openOn(
  server: S3Server,
  where: string,
  onFailure: (error: unknown) => void = () => {},
): Promise<Bucket> {
  const address = parseBucketAddress(server.address(where));
  return await server.withKeys(() => openBucket({ address, onFailure }));
}

/** Makes a store that is empty: records in SQLite, what is large in a bucket. */
export async function startWithObjects(): Promise<StoreHarness> {
  const server = await sharedS3();
  const where = `${await server.bucket()}/a/mesh`;
  const sqlite = await startSqlite();
  const opened: CrewStore[] = [];
  return {
    async open() {
      const store = withObjects(await sqlite.open(), await openOn(server, where));
      opened.push(store);
      return store;
    },
    async close() {
      for (const store of opened) await store.close();
      await sqlite.close();
    },
  };
}
