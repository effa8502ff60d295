/**
 * The folder in which a mesh on one machine keeps its state.
 *
 * @module
 */

import { TroupeError } from "@troupe/host/errors";
import { withClaims } from "@troupe/host/crew/claiming_transport";
import { isStoreFile, openClaims, openStore, type OpenStoreOptions } from "@troupe/host/crew/open_store";
import type { CrewStore } from "@troupe/host/crew/store";
import { Late } from "@troupe/host/late";
import { openTransport, type OpenTransportOptions, showAddress } from "@troupe/host/transport/open";
import type { Transport } from "@troupe/host/transport";
import { openState } from "@troupe/host/state/open_state";
import type { StateStore } from "@troupe/host/state/store";
import { join, resolve } from "@std/path";
import { takeLock } from "./lock.ts";
import { readNote, writeNote } from "./note.ts";
import { OtherObjectsError } from "./objects_note.ts";
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
      `There is no state of a mesh in ${folder}: start one with "troupe up DIR", name its folder with --data, or, of one ` +
        "that runs elsewhere, its queues with --transport and its store with --store, as far as this command has them",
    );
  }
}

/** Where the parts of a mesh are that need not be in its folder. */
export interface MeshAddresses {
  /** The queues. @default those that are noted in the folder, or else the embedded transport in it */
  readonly transport?: string | undefined;
  /** The results. @default the store that is noted in the folder, or else a SQLite file in it */
  readonly store?: string | undefined;
  /** A bucket for what is large. @default the one that is noted in the folder, or else none */
  readonly objects?: string | undefined;
  /** What actors keep. @default a SQLite file in the folder */
  readonly state?: string | undefined;
}

/** The parts of a mesh's state. */
export class MeshFolder {
  /** The folder, absolute. */
  readonly path: string;
  readonly #transport: string | undefined;
  readonly #store: string | undefined;
  readonly #objects: string | undefined;
  readonly #state: string | undefined;

  /** @param path The folder; it need not exist. */
  constructor(path: string, { transport, store, objects, state }: MeshAddresses = {}) {
    this.path = resolve(path);
    this.#transport = transport;
    this.#store = store;
    this.#objects = objects;
    this.#state = state;
  }

  /** Transpiled components, and the code of the sandbox. */
  get cacheDir(): string {
    return join(this.path, "cache");
  }

  /** Opens what actors keep, for the mesh itself. @throws what opening throws. */
  async openState(): Promise<StateStore> {
    return await openState(this.#state || join(this.path, "state.db"));
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
    if (!await this.#isThere()) throw new NoMeshError(this.path);
  }

  async #isThere(): Promise<boolean> {
    return await readNote(this.#note, "transport") !== undefined || await exists(this.#file);
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

  /**
   * The queues, for commands that send or look. The store, or bucket, is opened for payloads that are too large to travel,
   * if one is known: else they travel.
   *
   * @throws {NoMeshError} when they are not known.
   */
  async openTransport(options: OpenTransportOptions = {}): Promise<Transport> {
    const address = this.#transport ?? await readNote(this.#note, "transport") ?? EMBEDDED;
    if (address === EMBEDDED) await this.mustExist();
    const transport = await this.#open(address, options);
    if (this.#store === undefined && this.#objects === undefined && !await this.#isThere()) return transport;
    const late = new Late(async () =>
      await openClaims({
        store: this.#located(await this.#storeAddress()),
        objects: this.#objects ?? await readNote(this.#objectsNote, "objects") ?? "",
      })
    );
    const logger = { error: (message: string) => console.error(`troupe: ${message}`) };
    return {
      ...withClaims(transport, { claims: async () => (await late.get()).claims, logger }),
      async close() {
        await transport.close();
        await late.close();
      },
    };
  }

  /**
   * Opens the results, and what waits, for the mesh itself, with its bucket, and notes where they are; from then on they are
   * there.
   *
   * @throws {OtherStoreError} when they are in another store; {@linkcode OtherObjectsError} when what is large is in another
   * bucket; and what opening may throw.
   */
  async claimStore(options: OpenStoreOptions = {}): Promise<CrewStore> {
    const wanted = withoutPassword(located(this.#store ?? OWN_FILE));
    const noted = await readNote(this.#storeNote, "store") ??
      (await exists(this.#results) ? OWN_FILE : undefined);
    if (noted !== undefined && noted !== wanted) {
      throw new OtherStoreError(this.#storeNote, { noted, wanted });
    }
    const objects = this.#objects ?? "";
    const notedObjects = await readNote(this.#objectsNote, "objects");
    // A bucket may come to a mesh that had none: what was kept before is found where it is.
    if (notedObjects !== undefined && notedObjects !== objects) {
      throw new OtherObjectsError(this.#objectsNote, { noted: notedObjects, wanted: objects });
    }
    const store = await openStore(this.#located(this.#store ?? OWN_FILE), { ...options, objects });
    if (noted === undefined) await writeNote(this.#storeNote, "store", wanted);
    if (notedObjects === undefined && objects !== "") await writeNote(this.#objectsNote, "objects", objects);
    return store;
  }

  /**
   * The results, and what waits, for commands that look. They need no bucket.
   *
   * @throws {NoMeshError} when it is not known where they are.
   */
  async openStore(options: OpenStoreOptions = {}): Promise<CrewStore> {
    const address = await this.#storeAddress();
    if (address === OWN_FILE) await this.mustExist();
    return await openStore(this.#located(address), options);
  }

  async #storeAddress(): Promise<string> {
    return this.#store ?? await readNote(this.#storeNote, "store") ?? OWN_FILE;
  }

  #located(address: string): string {
    return address === OWN_FILE ? this.#results : address;
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

  get #objectsNote(): string {
    return join(this.path, "objects.json");
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
