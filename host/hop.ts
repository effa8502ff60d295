/**
 * What comes of one hop.
 *
 * @module
 */

import type { Headers, Route } from "./envelope.ts";

/** One downstream envelope, as the actor asked for it; the host has checked it, and has not advanced it yet. */
export interface Emit {
  /** The route as edited so far, `curr` still being this actor. */
  readonly route: Route;
  /** The headers as edited so far. */
  readonly headers: Headers;
  /** The payload: one valid JSON text. */
  readonly payload: string;
}

/** Why a hop failed. */
export interface Failure {
  /** Such as `ValueError` (the actor's own) or `troupe.Timeout` (the platform's). */
  readonly type: string;
  /** Base types, nearest first. */
  readonly mro: readonly string[];
  /** A sentence for a person. */
  readonly message: string;
  /** As the guest gave it, where it gave one. */
  readonly traceback?: string;
  /** Anything more that the actor said, as a JSON text. */
  readonly details?: string;
}

/** What became of a hop: everything that it emitted, or nothing at all. */
export type HopResult =
  | { readonly ok: true; readonly emits: readonly Emit[] }
  | { readonly ok: false; readonly failure: Failure };
