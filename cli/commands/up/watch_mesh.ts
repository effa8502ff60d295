/**
 * Takes up changes of a mesh's sources while it runs.
 *
 * @module
 */

import type { MeshFolder } from "../../mesh/folder.ts";
import type { Mesh } from "../../mesh/mesh.ts";
import type { Teller } from "./teller.ts";
import { SourceWatcher } from "./watch.ts";

/** What to watch with. */
export interface WatchMeshOptions {
  readonly dir: string;
  readonly folder: MeshFolder;
  readonly teller: Teller;
}

/** Begins to watch; gives nothing, and says so, where the system does not let it. */
export async function watchMesh(
  mesh: Mesh,
  { dir, folder, teller }: WatchMeshOptions,
): Promise<SourceWatcher | undefined> {
  const onChange = async () => {
    try {
      await mesh.started;
      await mesh.reload();
    } catch (error) {
      teller.tell("error", `the change is not taken up: ${error instanceof Error ? error.message : error}`);
    }
  };
  const onFailure = (error: unknown) =>
    teller.tell(
      "warn",
      `changes of sources may go unnoticed, because not all folders can be watched: ` +
        `${error instanceof Error ? error.message : error}`,
    );
  try {
    // The system names files by their real paths.
    const except = [await Deno.realPath(folder.path)];
    return await SourceWatcher.open({ dir: await Deno.realPath(dir), except, onChange, onFailure });
  } catch (error) {
    onFailure(error);
    return undefined;
  }
}
