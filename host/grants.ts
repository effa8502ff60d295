/**
 * What an actor may do beyond computing. What is not granted does not exist for it.
 *
 * @module
 */

import type { HttpRule } from "./http_rule.ts";
import type { SecretSource } from "./secret_source.ts";

export type { SecretSource };

/** A folder of the host that an actor can read. */
export interface FileGrant {
  /** The host's folder. */
  readonly from: string;
  /** Where the actor finds it; absolute, such as `/data`. */
  readonly path: string;
}

/** A bucket of keys and values. */
export interface StateGrant {
  /** Its name, for one that is shared. @default the actor's own one */
  readonly bucket?: string;
  /** Most entries that it may come to by what the actor puts in. @default 100,000 */
  readonly entries?: number;
  /** Most bytes of all keys and values. @default 256 MiB */
  readonly bytes?: number;
}

/** What an actor may do beyond computing. */
export interface Grants {
  /** Actors (exact names, or `prefix-*`) that this actor may add to a route. @default [] */
  readonly route: readonly string[];
  /** Values by name, seen as environment and through `wasi:config`. @default {} */
  readonly env?: Readonly<Record<string, string>>;
  /** Values by name, seen through `wasi:config` only; they are told in no log. @default {} */
  readonly secrets?: Readonly<Record<string, SecretSource>>;
  /** To where it may send requests. @default [] */
  readonly http?: readonly HttpRule[];
  /** A bucket of keys and values. @default none */
  readonly state?: StateGrant;
  /** Folders that it can read, as they were when its stage was started. @default [] */
  readonly files?: readonly FileGrant[];
  /** Whether its clocks go in small steps, as the system's do. @default "coarse" */
  readonly clock?: "coarse" | "precise";
}

/** A kind of grant. */
export type Grant = keyof Grants;

/** Every grant there is: what a component could be given at most. */
export const ALL_GRANTS: ReadonlySet<Grant> = new Set<Grant>([
  "route",
  "env",
  "secrets",
  "http",
  "state",
  "files",
  "clock",
]);

/** The kinds of grants that a spec gives. */
export function grantedBy(grants: Grants): ReadonlySet<Grant> {
  const names = Object.keys(grants) as (keyof Grants)[];
  return new Set(names.filter((name) => grants[name] !== undefined));
}
