/**
 * What a component is once it has been read, inspected and transpiled.
 *
 * @module
 */

import type { Restorable } from "./restore/make_restorable.ts";

export type { Restorable };

/** Where a component's bytes come from. */
export type ComponentSource =
  /** One whose name ends in `.gz` is compressed; `sha256` is that of what is in it. */
  | { readonly kind: "file"; readonly path: string; readonly sha256?: string }
  | { readonly kind: "https"; readonly url: string; readonly sha256: string }
  /** An artifact in an OCI registry: `REGISTRY/REPOSITORY@sha256:DIGEST`. Who signs in is in docker's `config.json`. */
  | { readonly kind: "oci"; readonly reference: string };

/** One thing that a component imports. */
export interface ImportNeed {
  /** Such as `wasi:io/streams@0.2.12`. */
  readonly name: string;
  /** `contract`: the actor's own interface. `harmless`: every toolchain adds it, and it gets a version that can do
   * nothing. `grant`: it needs a grant. `unknown`: nothing provides it, or not with these functions and types. */
  readonly need: "contract" | "harmless" | "grant" | "unknown";
  /** The grant that would allow it, when `need` is `grant`. */
  readonly grant?: string;
}

/** Why a component is refused. */
export interface Refusal {
  /** Stable code, such as `troupe.NotAComponent`. */
  readonly code: string;
  /** What is wrong, where, and what to do. */
  readonly message: string;
}

/** What an inspection found, without running anything. */
export interface Inspection {
  /** SHA-256 of the bytes, in hex. */
  readonly digest: string;
  /** Size in bytes. */
  readonly size: number;
  readonly kind: "component" | "module" | "not-wasm";
  readonly imports: readonly ImportNeed[];
  /** Names of what it exports. */
  readonly exports: readonly string[];
  /** Largest body of a core function, in bytes. */
  readonly largestFunction: number;
  /** Sum of the initial sizes of all memories that an instance of it has, in bytes. */
  readonly initialMemory: number;
  /** Whether its instances can be restored for the next envelope. @default not known: it has not been transpiled */
  readonly restorable?: Restorable;
  /** Empty when the component would be accepted. */
  readonly refusals: readonly Refusal[];
}

/** A component that is ready to be given to a stage. None of this is ever evaluated in the host's own process. */
export interface PreparedComponent {
  /** SHA-256 of the component's bytes, in hex. */
  readonly digest: string;
  /** The glue: an ES module's source text exporting `instantiate(getCoreModule, imports, instantiateCore)`. */
  readonly glue: Uint8Array;
  /** The core modules, by the names that the glue asks for. */
  readonly modules: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  /** Has a function so large that an optimising compiler would need gigabytes: run it with the baseline compiler only. */
  readonly baselineOnly: boolean;
  /** Its guest may have to wait for the host: its glue's calls are promises. */
  readonly blocking: boolean;
  /** The grants whose interfaces it imports: of what else it was given, nothing is linked. */
  readonly uses: ReadonlySet<string>;
  /** Whether its instances can be restored. @default they cannot */
  readonly restorable?: Restorable;
}
