/**
 * The sandbox, seen from the host: envelopes go in, what became of each comes out.
 *
 * @module
 */

import type { Envelope } from "../envelope.ts";
import type { HopResult } from "../hop.ts";
import type { Layer } from "../sandbox/hardening/layers.ts";

/** A log line of a guest: its `log` calls, its stdout and its stderr. */
export interface GuestLog {
  readonly envelopeId: string;
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
}

/** What a stage tells about itself, for logs and metrics. */
export type StageEvent =
  | {
    readonly kind: "child-started";
    readonly pid: number;
    readonly tookMs: number;
    /** Whether instances in it are put back to where they began, rather than made anew. */
    readonly restores: boolean;
    /** The layers around it. @default not known */
    readonly layers?: readonly Layer[];
  }
  | { readonly kind: "child-killed"; readonly pid: number; readonly reason: string }
  | { readonly kind: "child-died"; readonly pid: number; readonly reason: string }
  | { readonly kind: "bystanders"; readonly count: number }
  | { readonly kind: "violation"; readonly envelopeId: string; readonly message: string };

/** Runs hops of one actor's component. */
export interface Stage {
  /** SHA-256 of the component, in hex. @default not known */
  readonly component?: string;
  /**
   * Runs one hop. Resolves with what became of it; a failure of the actor is a result, not a rejection.
   * Rejects with `StageClosedError` when the stage was closed before the hop was begun, and with
   * `StageBrokenError` when no child can be made to run (the component is at fault or the machine is).
   */
  run(envelope: Envelope): Promise<HopResult>;
  /** Process ids of the live children, the one in use first. */
  pids(): number[];
  /** Waits for the hops that were begun, then ends the children. With `now`, ends them at once. Safe to call twice. */
  close(options?: { readonly now?: boolean }): Promise<void>;
}
