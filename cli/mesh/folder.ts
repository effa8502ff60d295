/**
 * The folder in which a mesh on one machine keeps its state.
 *
 * @module
 */

import { TroupeError } from "@troupe/host/errors";
import { openSqliteStore } from "@troupe/host/crew/sqlite_store";
import type { CrewStore } from "@troupe/host/crew/store";
import { openTransport, type OpenTransportOptions, showAddress } from "@troupe/host/transport/open";
import type { Transport } from "@troupe/host/transport";
import { join, resolve } from "@std/path";
import { takeLock } from "./lock.ts";
import { EMBEDDED, OtherTransportError, readNote, writeNote } from "./transport_note.ts";

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

/** The parts of a mesh's state. */
export class MeshFolder {
  /** The folder, absolute. */
  readonly path: string;
  readonly #transport: string | undefined;

  /**
   * @param path The folder; it need not exist.
   * @param options `transport`: address of the queues. @default the one that is noted in the folder, or else the embedded
   * transport in it
   */
  constructor(path: string, options: { readonly transport?: string | undefined } = {}) {
    this.path = resolve(path);
    this.#transport = options.transport;
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
    if (await readNote(this.#note) !== undefined) return;
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
    const noted = await readNote(this.#note) ?? (await exists(this.#file) ? EMBEDDED : undefined);
    if (noted !== undefined && noted !== wanted) throw new OtherTransportError(this.#note, { noted, wanted });
    const transport = await this.#open(this.#transport ?? EMBEDDED, options);
    try {
      await prepare(transport);
      if (noted === undefined) await writeNote(this.#note, wanted);
      return transport;
    } catch (error) {
      await transport.close();
      throw error;
    }
  }

  /** The queues, for commands that send or look. */
  async openTransport(options: OpenTransportOptions = {}): Promise<Transport> {
    return await this.#open(this.#transport ?? await readNote(this.#note) ?? EMBEDDED, options);
  }

  /** The results, and what waits. */
  openStore(): Promise<CrewStore> {
    return openSqliteStore({ path: join(this.path, "results.db") });
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
