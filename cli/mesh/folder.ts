/**
 * The folder in which a mesh on one machine keeps its state.
 *
 * @module
 */

import { TroupeError } from "@troupe/host/errors";
import { withClaims } from "@troupe/host/crew/claiming_transport";
import { isStoreFile, openStore, type OpenStoreOptions } from "@troupe/host/crew/open_store";
import type { CrewStore } from "@troupe/host/crew/store";
import { openTransport, type OpenTransportOptions, showAddress } from "@troupe/host/transport/open";
import type { Transport } from "@troupe/host/transport";
import { join, resolve } from "@std/path";
import { takeLock } from "./lock.ts";
import { readNote, writeNote } from "./note.ts";
import { OtherStoreError, OWN_FILE, withoutPassword } from "./store_note.ts";
import { EMBEDDED, OtherTransportError } from "./transport_note.ts";

/** Name of the folder, beside the mesh, where none is named. */
export const DATA_FOLDER = ".troupe";

/** There is no mesh's state where one was expected. */
export class NoMeshError extends TroupeError {
  constructor(folder: string) {
    super(
      "troupe.NoMesh",
      "user",
      `There is no state of a mesh in ${folder}: start one with "troupe up DIR", or name its folder with --data`,
    );
  }
}

/** Where the parts of a mesh are that need not be in its folder. */
export interface MeshAddresses {
  /** The queues. @default those that are noted in the folder, or else the embedded transport in it */
  readonly transport?: string | undefined;
  /** The results. @default the store that is noted in the folder, or else a SQLite file in it */
  readonly store?: string | undefined;
}

/** The parts of a mesh's state. */
export class MeshFolder {
  /** The folder, absolute. */
  readonly path: string;
  readonly #transport: string | undefined;
  readonly #store: string | undefined;

  /** @param path The folder; it need not exist. */
  constructor(path: string, { transport, store }: MeshAddresses = {}) {
    this.path = resolve(path);
    this.#transport = transport;
    this.#store = store;
  }

  /** Transpiled components, and the code of the sandbox. */
  get cacheDir(): string {
    return join(this.path, "cache");
  }

  /** Makes the folder, if it does not exist. */
  async make(): Promise<void> {
    await Deno.mkdir(this.path, { recursive: true });
  }

  /**
   * Claims the folder for one mesh, until what is returned is disposed of. Commands that send or look need no claim.
   *
   * @throws {MeshRunningError} when another process has it.
   */
  lock(): Promise<Disposable> {
    return takeLock(join(this.path, "lock"), { folder: this.path });
  }

  /**
   * For commands that look at a mesh which was started before.
   *
   * @throws {NoMeshError} when none was.
   */
  async mustExist(): Promise<void> {
    if (await readNote(this.#note, "transport") !== undefined) return;
    if (!await exists(this.#file)) throw new NoMeshError(this.path);
  }

  /**
   * Opens the queues for the mesh itself, and notes which they are when they could be used the first time (an address
   * that was mistyped is not noted); from then on the state is that mesh's.
   *
   * @param options `prepare` makes the transport fit for use; the others are those of {@linkcode openTransport}.
   * @throws {OtherTransportError} when the state belongs to a mesh on another; and what opening may throw.
   */
  async claimTransport(
    { prepare, ...options }: OpenTransportOptions & {
      readonly prepare: (transport: Transport) => Promise<void>;
    },
  ): Promise<Transport> {
    const wanted = showAddress(this.#transport ?? EMBEDDED);
    const noted = await readNote(this.#note, "transport") ??
      (await exists(this.#file) ? EMBEDDED : undefined);
    if (noted !== undefined && noted !== wanted) throw new OtherTransportError(this.#note, { noted, wanted });
    const transport = await this.#open(this.#transport ?? EMBEDDED, options);
    try {
      await prepare(transport);
      if (noted === undefined) await writeNote(this.#note, "transport", wanted);
      return transport;
    } catch (error) {
      await transport.close();
      throw error;
    }
  }

  /** The queues, for commands that send or look. The store is opened for payloads that are too large to travel. */
  async openTransport(options: OpenTransportOptions = {}): Promise<Transport> {
    const address = this.#transport ?? await readNote(this.#note, "transport") ?? EMBEDDED;
    const transport = await this.#open(address, options);
    let store: Promise<CrewStore> | undefined;
    const claims = async () => (await (store ??= this.openStore())).claims;
    const logger = { error: (message: string) => console.error(`troupe: ${message}`) };
    return {
      ...withClaims(transport, { claims, logger }),
      async close() {
        await transport.close();
        await (await store)?.close();
      },
    };
  }

  /**
   * Opens the results, and what waits, for the mesh itself, and notes where they are; from then on they are there.
   *
   * @throws {OtherStoreError} when they are in another store; and what opening may throw.
   */
  async claimStore(options: OpenStoreOptions = {}): Promise<CrewStore> {
    const wanted = withoutPassword(located(this.#store ?? OWN_FILE));
    const noted = await readNote(this.#storeNote, "store") ??
      (await exists(this.#results) ? OWN_FILE : undefined);
    if (noted !== undefined && noted !== wanted) {
      throw new OtherStoreError(this.#storeNote, { noted, wanted });
    }
    const store = await this.#openStore(this.#store ?? OWN_FILE, options);
    if (noted === undefined) await writeNote(this.#storeNote, "store", wanted);
    return store;
  }

  /** The results, and what waits, for commands that look. */
  async openStore(options: OpenStoreOptions = {}): Promise<CrewStore> {
    return await this.#openStore(
      this.#store ?? await readNote(this.#storeNote, "store") ?? OWN_FILE,
      options,
    );
  }

  #openStore(address: string, options: OpenStoreOptions): Promise<CrewStore> {
    return openStore(address === OWN_FILE ? this.#results : address, options);
  }

  #open(address: string, options: OpenTransportOptions): Promise<Transport> {
    return openTransport(address === EMBEDDED ? `embedded:${this.#file}` : address, options);
  }

  /** The file of the embedded transport. */
  get #file(): string {
    return join(this.path, "mesh.db");
  }

  get #note(): string {
    return join(this.path, "transport.json");
  }

  /** The store in the folder. */
  get #results(): string {
    return join(this.path, "results.db");
  }

  get #storeNote(): string {
    return join(this.path, "store.json");
  }
}

/** An address that means the same from wherever it is used. */
function located(address: string): string {
  if (address === OWN_FILE || !isStoreFile(address)) return address;
  return `sqlite:${resolve(address.replace(/^sqlite:/, ""))}`;
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
