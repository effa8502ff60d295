/**
 * Connections to the database: a few, kept open, made anew when they are lost.
 *
 * @module
 */

// @ts-types="@types/pg"
import pg from "pg";
import type { PostgresAddress } from "./address.ts";
import { PostgresAddressError } from "./errors.ts";
import { fromStored, toStored } from "./exact_text.ts";
import { DatabaseFailure } from "./failure.ts";

/** A value of a parameter, or of a column. */
export type Value = string | number | boolean | Uint8Array | null;
/** A row: integers of 64 bits are texts. */
export type Row = Readonly<Record<string, Value>>;

/**
 * Runs one statement, and gives its rows. Texts go and come to the letter.
 *
 * @throws {DatabaseFailure}
 */
export type Query = (statement: string, values?: readonly (Value | readonly Value[])[]) => Promise<Row[]>;

/** Connections at once. */
const CONNECTIONS = 6;
/** How long to wait for a connection, in milliseconds. */
const CONNECT_MS = 5_000;
/** How long one statement may take at the server, and then until it is told of here, in milliseconds. */
const STATEMENT_MS = { server: 20_000, here: 30_000 };
/** When the server gives up a client that has gone without a word, whose locks others wait for: in milliseconds. */
const SILENT_MS = 30_000;

/** The connections of one store. */
export class Sessions {
  readonly #pool: pg.Pool;
  /** Names of prepared statements, by their texts: a statement is read by a server once for each connection. */
  readonly #names = new Map<string, string>();
  readonly #inUse = new Set<pg.PoolClient>();

  constructor(address: PostgresAddress) {
    const { host, port, user, database, schema, password } = address;
    this.#pool = new pg.Pool({
      host,
      port,
      user,
      database,
      password,
      ssl: sslOf(address),
      max: CONNECTIONS,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: STATEMENT_MS.here,
      statement_timeout: STATEMENT_MS.server,
      idle_in_transaction_session_timeout: SILENT_MS,
      keepAlive: true,
      application_name: "troupe",
      // Whatever is the custom of the place: what was committed is on disk.
      options: `-c search_path=${schema} -c synchronous_commit=on -c tcp_keepalives_idle=${SILENT_MS / 1000}`,
    });
    // A connection that is lost while nobody uses it; the next one who asks gets another.
    this.#pool.on("error", () => {});
    // One that is lost is also told to whoever waits for an answer on it. That it is lost may come in one piece with that
    // it is there: so there is somebody to hear it before anybody has it.
    this.#pool.on("connect", (client) => client.on("error", () => {}));
  }

  /** Has statements run in one session, which is closed when one of them fails. @throws {DatabaseFailure} */
  async use<T>(run: (query: Query) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect().catch((error: unknown) => {
      throw new DatabaseFailure(error);
    });
    this.#inUse.add(client);
    let failed = true;
    try {
      const result = await run(async (statement, values = []) =>
        await this.#query(client, statement, values)
      );
      failed = false;
      return result;
    } finally {
      this.#inUse.delete(client);
      client.release(failed);
    }
  }

  /** Closes them. What is under way fails. */
  async close(): Promise<void> {
    for (const client of this.#inUse) cut(client);
    await this.#pool.end();
  }

  async #query(
    client: pg.PoolClient,
    statement: string,
    values: readonly (Value | readonly Value[])[],
  ): Promise<Row[]> {
    let name = this.#names.get(statement);
    if (name === undefined) this.#names.set(statement, name = `s${this.#names.size}`);
    try {
      const { rows } = await client.query({ name, text: statement, values: values.map(stored) });
      return rows.map(read);
    } catch (error) {
      throw new DatabaseFailure(error);
    }
  }
}

/** Ends a connection, whether or not an answer is still to come on it. */
function cut(client: pg.PoolClient): void {
  (client as unknown as pg.Client).end().catch(() => {
    // It was lost already.
  });
}

function sslOf({ sslMode, ca }: PostgresAddress): pg.PoolConfig["ssl"] {
  if (sslMode === "disable") return false;
  return {
    rejectUnauthorized: sslMode === "verify-full",
    ...(ca === undefined ? {} : { ca: readCertificate(ca) }),
  };
}

function readCertificate(file: string): string {
  try {
    return Deno.readTextFileSync(file);
  } catch (cause) {
    throw new PostgresAddressError(`the file that sslrootcert names, ${file}, cannot be read`, { cause });
  }
}

function stored(value: Value | readonly Value[]): unknown {
  if (Array.isArray(value)) return value.map(stored);
  return typeof value === "string" ? toStored(value) : value;
}

function read(row: Record<string, unknown>): Row {
  for (const [name, value] of Object.entries(row)) {
    if (typeof value === "string") row[name] = fromStored(value);
    // The client's own class of bytes is made to what everybody has.
    else if (value instanceof Uint8Array) {
      row[name] = new Uint8Array(value.buffer, value.byteOffset, value.length);
    }
  }
  return row as Row;
}
