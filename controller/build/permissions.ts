/**
 * What somebody may do with the objects of a cluster, said beside the code that does it.
 *
 * @module
 */

/** One permission. */
export interface Permission {
  /** Such as `apps`; empty for the oldest kinds. */
  readonly group: string;
  /** Such as `deployments`, or `actors/status` for a part of them. */
  readonly resource: string;
  readonly verbs: readonly string[];
}

/** What has to be allowed of a kind of which the controller makes objects, looks after them, and takes them away. */
export const OWNED = ["create", "delete", "get", "list", "patch", "watch"] as const;
