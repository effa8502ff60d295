/**
 * The operations run's mesh on one machine: `troupe up`, with queues and a store in files.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import { MeshProcess, type Victim } from "../mesh_process.ts";
import { writeOperationsMesh } from "./operations_actors.ts";
import type { OperationsMesh } from "./operations_run.ts";

/** The mesh. What happens to it: kill -9 of `troupe up`, of a sandbox, and of both. */
export class EmbeddedOperations implements OperationsMesh<Victim> {
  readonly transport: string;
  readonly store: string;
  readonly #folder: string;
  readonly #mesh: MeshProcess;

  /** @param folder For everything that it writes; empty. */
  constructor(folder: string) {
    const data = join(folder, "data");
    this.#folder = folder;
    this.transport = `embedded:${join(data, "mesh.db")}`;
    this.store = join(data, "results.db");
    this.#mesh = new MeshProcess({
      root: fromFileUrl(new URL("../..", import.meta.url)),
      dir: folder,
      data,
    });
  }

  async start(): Promise<void> {
    await writeOperationsMesh(this.#folder);
    await this.#mesh.start();
  }

  strike(victim: Victim, random: () => number): Promise<boolean> {
    return this.#mesh.kill(victim, random);
  }

  async finish(): Promise<string[]> {
    await this.#mesh.finish();
    return [];
  }

  async end(): Promise<void> {
    if (this.#mesh.isRunning) await this.#mesh.terminate();
  }
}
