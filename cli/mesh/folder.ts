/**
 * The folder in which a mesh on one machine keeps its state.
 *
 * @module
 */

import { TroupeError } from "@troupe/host/errors";
import { openSqliteStore } from "@troupe/host/crew/sqlite_store";
import type { Store } from "@troupe/host/crew/store";
import { openEmbedded } from "@troupe/host/transport/embedded";
import type { Transport } from "@troupe/host/transport";
import { join, resolve } from "@std/path";
import { takeLock } from "./lock.ts";

/** Name of the folder, beside the mesh, where none is named. */
export const DATA_FOLDER = ".troupe";

/** Larger than any envelope, so that a dead one, which is wrapped, still fits its queue. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

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

  /** @param path The folder; it need not exist. */
  constructor(path: string) {
    this.path = resolve(path);
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
    try {
      await Deno.stat(join(this.path, "mesh.db"));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) throw new NoMeshError(this.path);
      throw error;
    }
  }

  /** The queues. */
  openTransport(): Promise<Transport> {
    return openEmbedded({ path: join(this.path, "mesh.db"), maxBodyBytes: MAX_BODY_BYTES });
  }

  /** The results. */
  openStore(): Promise<Store> {
    return openSqliteStore({ path: join(this.path, "results.db") });
  }
}
