/**
 * Which bucket what is large of a mesh is in, as it is noted beside its state.
 *
 * @module
 */

import { TroupeError } from "@troupe/host/errors";
import { dirname } from "@std/path";

/** What is large of the mesh is in another bucket. */
export class OtherObjectsError extends TroupeError {
  /** @param note The file in which the bucket is noted. @param addresses `wanted`: empty for none. */
  constructor(note: string, { noted, wanted }: { readonly noted: string; readonly wanted: string }) {
    super(
      "troupe.OtherObjects",
      "user",
      `The mesh whose state is in ${dirname(note)} keeps large payloads in ${noted}, and not in ${
        wanted || "its store"
      }, where those of envelopes that are under way would be missing: name that bucket with --objects; when its ` +
        `queues are empty, remove ${note} to go on with ${wanted || "no bucket"}`,
    );
  }
}
