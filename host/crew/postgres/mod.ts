/**
 * The store in a Postgres database: for several hosts at once.
 *
 * @module
 */

import type { HopRecord } from "../../hop_record.ts";
import { StoreClosedError } from "../store_closed.ts";
import type {
  CrewStore,
  DeadRecord,
  Expired,
  ExpireOptions,
  Page,
  Recorded,
  ResultFilter,
  ResultRecord,
  StoreCounts,
  StoredResult,
} from "../store.ts";
import { deadOf, resultOf } from "../store_rows.ts";
import type { PostgresAddress } from "./address.ts";
import { PostgresClaims } from "./claims.ts";
import { PostgresControls } from "./controls.ts";
import { Database } from "./database.ts";
import { recordDead, sizeOfDead } from "./dead.ts";
import { PostgresSetupError, PostgresUnavailableError } from "./errors.ts";
import { expire } from "./expiry.ts";
import { DatabaseFailure } from "./failure.ts";
import { Gatherer } from "./gatherer.ts";
import { PostgresJoining } from "./joining.ts";
import { PostgresLetters } from "./letters.ts";
import { countsOf, hopsOf, insertHops, page, rootOf } from "./listing.ts";
import { PostgresParking } from "./parking.ts";
import { digested, type DigestedResult, recordResults, sizeOfResult } from "./results.ts";
import { prepareTables } from "./schema.ts";

export { parsePostgresAddress, type PostgresAddress } from "./address.ts";

/** Options of {@linkcode openPostgresStore}. */
export interface PostgresStoreOptions {
  readonly address: PostgresAddress;
  /** Told of each transaction that failed and will be tried again. @default nothing is done */
  readonly onFailure?: (error: unknown) => void;
}

/**
 * Opens a store, and makes its tables where they are not there. Several processes may do so at once.
 *
 * @throws {PostgresAddressError} when a file that the address names cannot be read.
 * @throws {PostgresUnavailableError} when the server does not answer.
 * @throws {PostgresSetupError} when it answers, and the database cannot be used.
 */
export async function openPostgresStore(
  { address, onFailure = () => {} }: PostgresStoreOptions,
): Promise<CrewStore> {
  // A file of the address that cannot be read is no fault of the server's.
  await address.password();
  const database = new Database(address, onFailure);
  try {
    await database.session((query) => prepareTables(query, { name: database.name, schema: address.schema }));
    return new PostgresStore(database);
  } catch (error) {
    await database.close();
    if (!(error instanceof DatabaseFailure)) throw error;
    const options = { cause: error };
    if (error.isSetup) throw new PostgresSetupError(database.name, adviceOn(error, address), options);
    throw new PostgresUnavailableError(database.name, error.message, options);
  }
}

function adviceOn({ code, message }: DatabaseFailure, { database, schema, user }: PostgresAddress): string {
  if (code.startsWith("28")) {
    return `${message}. Set TROUPE_STORE_PASSWORD, or correct the user in the address`;
  }
  if (code.startsWith("3D")) return `${message}. Make it with CREATE DATABASE ${database}`;
  return `${message}. As its owner, run CREATE SCHEMA ${schema} AUTHORIZATION ${user}`;
}

class PostgresStore implements CrewStore {
  readonly letters: PostgresLetters;
  readonly parking: PostgresParking;
  readonly joining: PostgresJoining;
  readonly controls: PostgresControls;
  readonly claims: PostgresClaims;
  readonly #database: Database;
  readonly #results: Gatherer<DigestedResult, Recorded>;
  readonly #dead: Gatherer<DeadRecord, Recorded>;
  readonly #hops: Gatherer<HopRecord, undefined>;
  #closed = false;

  constructor(database: Database) {
    this.#database = database;
    this.letters = new PostgresLetters(database);
    this.parking = new PostgresParking(database);
    this.joining = new PostgresJoining(database);
    this.controls = new PostgresControls(database);
    this.claims = new PostgresClaims(database);
    this.#results = new Gatherer({
      write: (items) => database.write((query) => recordResults(query, items), "shared"),
      size: sizeOfResult,
    });
    this.#dead = new Gatherer({
      write: (items) => database.write((query) => recordDead(query, items), "exclusive"),
      size: sizeOfDead,
    });
    this.#hops = new Gatherer({
      write: async (items) => {
        await database.write((query) => insertHops(query, items), "none");
        return items.map(() => undefined);
      },
      size: ({ payload = "" }) => 500 + payload.length,
    });
  }

  async recordResults(records: readonly ResultRecord[]): Promise<Recorded[]> {
    const items = await Promise.all(records.map(digested));
    if (this.#closed) throw new StoreClosedError();
    return await this.#results.write(items);
  }

  async recordDead(records: readonly DeadRecord[]): Promise<Recorded[]> {
    if (this.#closed) throw new StoreClosedError();
    return await this.#dead.write(records);
  }

  async recordHops(records: readonly HopRecord[]): Promise<void> {
    if (this.#closed) throw new StoreClosedError();
    await this.#hops.write(records);
  }

  async result(id: string): Promise<StoredResult | undefined> {
    const [row] = await this.#database.read((query) =>
      query("SELECT * FROM result WHERE name_key(id) = name_key($1)", [id])
    );
    return row && resultOf(row);
  }

  async results({ phase, root, limit, after }: ResultFilter = {}): Promise<Page<StoredResult>> {
    const where = [["phase = ?", phase], ["name_key(root) = name_key(?)", root]] as const;
    return await this.#database.read((query) =>
      page(query, "result", { where, limit, after, read: resultOf })
    );
  }

  async dead(
    { id, root, limit, after }: { id?: string; root?: string; limit?: number; after?: number } = {},
  ): Promise<Page<DeadRecord>> {
    const where = [["name_key(id) = name_key(?)", id], ["name_key(root) = name_key(?)", root]] as const;
    return await this.#database.read((query) => page(query, "dead", { where, limit, after, read: deadOf }));
  }

  async hops(root: string): Promise<HopRecord[]> {
    return await this.#database.read((query) => hopsOf(query, root));
  }

  async rootOf(id: string): Promise<string | undefined> {
    return await this.#database.read((query) => rootOf(query, id));
  }

  async counts(): Promise<StoreCounts> {
    return await this.#database.read(countsOf);
  }

  async expire(options: ExpireOptions): Promise<Expired> {
    return await this.#database.write((query) => expire(query, options), "exclusive");
  }

  problem(): string {
    return this.#database.problem;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#database.close();
  }
}
