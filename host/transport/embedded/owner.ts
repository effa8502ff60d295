/**
 * Who holds leases, and whether that process still lives.
 *
 * Each process keeps a lock on a file of its own, which the kernel takes away when the process ends, however it ends. So
 * what a killed process had in hand comes back at once rather than when its leases run out.
 *
 * @module
 */

import { join } from "@std/path";

/** This process, as an owner of leases. */
export class Owner {
  /** Unique among all that ever use the file. */
  readonly name: string;
  readonly #folder: string;
  readonly #file: Deno.FsFile;

  private constructor(name: string, folder: string, file: Deno.FsFile) {
    this.name = name;
    this.#folder = folder;
    this.#file = file;
  }

  /** Takes a name and a lock. @param folder Where the files of owners are; made if it does not exist. */
  static async open(folder: string): Promise<Owner> {
    await Deno.mkdir(folder, { recursive: true });
    const name = crypto.randomUUID();
    const file = await Deno.open(join(folder, name), { createNew: true, write: true });
    await file.lock(true);
    return new Owner(name, folder, file);
  }

  /** Whether another owner has ended without taking its leave. */
  async hasEnded(name: string): Promise<boolean> {
    let file: Deno.FsFile;
    try {
      file = await Deno.open(join(this.#folder, name), { write: true });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return true;
      throw error;
    }
    try {
      return await file.tryLock(true);
    } finally {
      file.close();
    }
  }

  /** Removes what an ended owner left behind. */
  async bury(name: string): Promise<void> {
    await Deno.remove(join(this.#folder, name)).catch((error: unknown) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }

  /** Takes its leave. */
  async close(): Promise<void> {
    await this.bury(this.name);
    this.#file.close();
  }
}
