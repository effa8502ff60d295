/**
 * Why a mesh cannot be deployed.
 *
 * @module
 */

import { TroupeError } from "@troupe/host/errors";

/** What keeps a mesh from a cluster. */
export type DeployErrorCode =
  /** There are no settings of the controller. */
  | "troupe.NoSettings"
  /** The cluster is not as it has to be, or somebody may not do what has to be done; the lines before say what. */
  | "troupe.ClusterUnfit"
  /** Somebody else has set fields of objects, or has objects of their names. */
  | "troupe.DeployConflict"
  /** A component is too large for a ConfigMap. */
  | "troupe.ComponentTooLarge"
  /** A component imports what its actor is not granted. */
  | "troupe.ComponentRefused"
  /** The mesh has no name that a cluster takes. */
  | "troupe.NoMeshName";

/** A mesh that cannot be deployed; nothing was written. The message says what to do. */
export class DeployError extends TroupeError {
  declare readonly code: DeployErrorCode;

  /**
   * @param code What keeps it.
   * @param message What is wrong, where, and what to do.
   */
  constructor(code: DeployErrorCode, message: string, options?: ErrorOptions) {
    super(code, "user", message, options);
  }
}
