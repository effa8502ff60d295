/**
 * Which mesh a command means.
 *
 * @module
 */

import { dirname, join, resolve } from "@std/path";
import { DATA_FOLDER, type MeshAddresses, MeshFolder, NoMeshError } from "../mesh/folder.ts";
import { OWN_FILE } from "../mesh/store_note.ts";
import { EMBEDDED } from "../mesh/transport_note.ts";

/**
 * The state of the mesh that a command is to look at: the folder that was named, or `$TROUPE_DATA`, or the nearest
 * `.troupe` from the current folder upwards. Of a mesh whose queues or results were named there need be none: it may run
 * elsewhere, such as in a cluster. What is not named of it cannot be opened then.
 *
 * @param options `data`: the folder that was named; `transport` and `store`: the addresses of its queues and its results,
 * if they were named.
 * @throws {NoMeshError} when there is no state of a mesh.
 */
export async function findMesh(
  { data, ...addresses }: { readonly data?: string; readonly transport?: string; readonly store?: string },
): Promise<MeshFolder> {
  const given = data ?? Deno.env.get("TROUPE_DATA");
  if (given !== undefined) {
    const folder = new MeshFolder(given, addresses);
    await folder.mustExist();
    return folder;
  }
  return await nearest(Deno.cwd(), addresses);
}

async function nearest(from: string, addresses: MeshAddresses): Promise<MeshFolder> {
  for (let above = resolve(from);; above = dirname(above)) {
    const found = new MeshFolder(join(above, DATA_FOLDER), addresses);
    try {
      await found.mustExist();
      return found;
    } catch (error) {
      if (!(error instanceof NoMeshError)) throw error;
    }
    if (above !== dirname(above)) continue;
    const folder = join(resolve(from), DATA_FOLDER);
    const { transport = EMBEDDED, store = OWN_FILE } = addresses;
    if (transport === EMBEDDED && store === OWN_FILE) throw new NoMeshError(folder);
    return new MeshFolder(folder, addresses);
  }
}
