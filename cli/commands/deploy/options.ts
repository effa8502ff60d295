/**
 * Options of `troupe deploy`.
 *
 * @module
 */

import type { ClusterOptions } from "./cluster.ts";

/** What the command line says. */
export interface DeployOptions extends ClusterOptions {
  /** Folder in which every `actor.yaml` is looked for. */
  readonly dir: string;
  /** File with the settings of the controller. @default `cluster.yaml` in `dir` */
  readonly settings?: string;
  /** Where the controller and the crew are. */
  readonly systemNamespace: string;
  /** Whether somebody else installs the controller and the crew. */
  readonly actorsOnly: boolean;
  /** Whether to make the namespace of the actors. */
  readonly createNamespace: boolean;
  /** `REGISTRY/PREFIX` for components. @default they are put into ConfigMaps */
  readonly registry?: string;
  /** Name of the Secret with which hosts sign in to it. */
  readonly pullSecret?: string;
  /** Whether to check the types of sources. */
  readonly check: boolean;
  /** Whether to print YAML, and to do nothing. */
  readonly dryRun: boolean;
  /** Whether to print what would change, and to do nothing. */
  readonly diff: boolean;
  /** Whether to remove what is not in the folder any more. */
  readonly prune: boolean;
  /** Whether to take fields that others have set. */
  readonly forceConflicts: boolean;
  /** Whether every question is answered with yes. */
  readonly yes: boolean;
  /** How long to wait until all is ready, in milliseconds; 0 is not at all. */
  readonly timeout: number;
  readonly json: boolean;
}
