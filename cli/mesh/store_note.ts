/**
 * Which store a mesh's results are in, as it is noted beside its state: so that commands find them, and that nobody goes
 * on in another by mistake, which would know nothing of what has ended and what waits.
 *
 * @module
 */

import { TroupeError } from "@troupe/host/errors";
import { dirname } from "@std/path";

/** What stands for the SQLite file in the state's own folder. */
export const OWN_FILE = "sqlite";

/** The results of the mesh are in another store. */
export class OtherStoreError extends TroupeError {
  /** @param note The file in which the store is noted. */
  constructor(note: string, { noted, wanted }: { readonly noted: string; readonly wanted: string }) {
    super(
      "troupe.OtherStore",
      "user",
      `The mesh whose state is in ${
        dirname(note)
      } keeps its results in ${noted}, and not in ${wanted}, which would ` +
        `take for new what has ended before: name that store, or another folder with --data; to begin anew in ` +
        `${wanted}, remove ${note}`,
    );
  }
}

/** An address as it is noted: without its password. The user stays, as nothing else tells it. */
export function withoutPassword(address: string): string {
  return address.replace(/^(\w+:\/\/)(.*)@/s, (_, scheme: string, who: string) => {
    const user = who.split(":", 1)[0];
    return user ? `${scheme}${user}@` : scheme;
  });
}
