/**
 * A store by its address, as people write it in settings.
 *
 * @module
 */

import { schemeOf, sqlitePath } from "../address.ts";
import { TroupeError } from "../errors.ts";
import type { ClaimStore } from "./claims.ts";
import type { Bucket } from "./objects/mod.ts";
import { openSqliteStore } from "./sqlite_store.ts";
import type { CrewStore } from "./store.ts";

/** An address that names no store. */
export class UnknownStoreError extends TroupeError {
  constructor(address: string) {
    // No more of it is repeated: it can hold a password.
    const name = address.split(":")[0] ?? "";
    super(
      "troupe.UnknownStore",
      "user",
      `No store is called ${JSON.stringify(name)}: write FILE or sqlite:FILE, FILE being a SQLite file, ` +
        "or postgres://USER@HOST:PORT/DATABASE",
    );
  }
}

/** Options of {@linkcode openStore}. */
export interface OpenStoreOptions {
  /** Address of a bucket beside the store, such as `s3://BUCKET/PREFIX`. @default none, as for an empty one */
  readonly objects?: string | undefined;
  /** Told of each write that failed and will be tried again. @default nothing is done */
  readonly onFailure?: (error: unknown) => void;
}

/**
 * Opens the store that an address names: a path or `sqlite:PATH`, or `postgres://…` (see `postgres/address.ts`); with a
 * bucket, if one is named (see `objects/address.ts`), for what is large, and for copies of what ended.
 *
 * @throws {UnknownStoreError} when no store has that name, and the errors of the one that has it, and of the bucket.
 */
export async function openStore(
  address: string,
  { objects = "", ...options }: OpenStoreOptions = {},
): Promise<CrewStore> {
  const bucket = objects === "" ? undefined : await openObjects(objects, options);
  try {
    const store = await openRecords(address, options);
    if (!bucket) return store;
    const { withObjects } = await import("./objects/mod.ts");
    return withObjects(store, bucket);
  } catch (error) {
    bucket?.close();
    throw error;
  }
}

/** Where payloads are that are too large to travel, for a process that records nothing. */
export interface OpenClaims {
  readonly claims: ClaimStore;
  close(): Promise<void>;
}

/**
 * Opens what an actor's host needs of a store: the bucket, if one is named, and else the store. Beside a bucket the store is
 * only opened when a payload is not in it.
 *
 * @param addresses Each may be empty, but not both.
 * @throws {UnknownStoreError} and what {@linkcode openStore} throws.
 */
export async function openClaims(
  { store: address, objects }: { readonly store: string; readonly objects: string },
): Promise<OpenClaims> {
  if (objects === "") return await openRecords(address, {});
  const bucket = await openObjects(objects, {});
  const { BucketClaims } = await import("./objects/mod.ts");
  let store: Promise<CrewStore> | undefined;
  const opened = () => {
    store ??= openRecords(address, {});
    // One that is away is asked again the next time.
    store.catch(() => store = undefined);
    return store;
  };
  const before = async () => address === "" ? undefined : (await opened()).claims;
  return {
    claims: new BucketClaims(bucket, { before }),
    async close() {
      bucket.close();
      await (await store)?.close();
    },
  };
}

async function openObjects(address: string, options: Omit<OpenStoreOptions, "objects">): Promise<Bucket> {
  // Loaded only now, as the client of a database is.
  const { openBucket, parseBucketAddress } = await import("./objects/mod.ts");
  return await openBucket({ address: parseBucketAddress(address), ...options });
}

async function openRecords(
  address: string,
  options: Omit<OpenStoreOptions, "objects">,
): Promise<CrewStore> {
  const scheme = schemeOf(address);
  if (scheme === "postgres" || scheme === "postgresql") {
    // Loaded only now: a laptop does not wait for a client that it does not use.
    const { openPostgresStore, parsePostgresAddress } = await import("./postgres/mod.ts");
    return await openPostgresStore({ address: parsePostgresAddress(address), ...options });
  }
  const path = sqlitePath(address);
  if (path === undefined) throw new UnknownStoreError(address);
  return await openSqliteStore({ path, ...options });
}

/**
 * Whether an address names a file of this machine.
 *
 * @example
 * ```ts
 * import { isStoreFile } from "@troupe/host/crew/open_store";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["a/results.db", "sqlite:results.db", "postgres://me@db/mesh"].map(isStoreFile), [true, true, false]);
 * ```
 */
export function isStoreFile(address: string): boolean {
  const scheme = schemeOf(address);
  return scheme === undefined || scheme === "sqlite";
}
