/**
 * What a component has to have beside what every one has: found in the author's own files, so that nobody pays for what
 * they do not use.
 *
 * @module
 */

import { join, toFileUrl } from "@std/path";
import type { Graph } from "./graph.ts";
import type { Finding } from "./look_at.ts";
import { SDK_FOLDER } from "./toolchain.ts";

/** What there may be in a component. */
export interface Needs {
  /** It imports `@troupe/sdk/state`. */
  readonly state: boolean;
  /** It waits for the host: it imports `@troupe/sdk/sleep`, or sets timers. */
  readonly sleep: boolean;
  /** It sets timers. */
  readonly timers: boolean;
  /** Something in it is asynchronous, or names promises: the engine's loop has to run. */
  readonly promises: boolean;
  /** It names `URL` or `URLSearchParams`. */
  readonly url: boolean;
}

/** What most components need. */
export const NO_NEEDS: Needs = { state: false, sleep: false, timers: false, promises: false, url: false };

/** What an actor can need at most. */
export const ALL_NEEDS: Needs = { state: true, sleep: true, timers: true, promises: true, url: true };

const STATE = toFileUrl(join(SDK_FOLDER, "state.ts")).href;
const SLEEP = toFileUrl(join(SDK_FOLDER, "sleep.ts")).href;

/** Finds what a component needs. @param found What the rules have found in the author's files. */
export function needsOf({ modules }: Graph, found: readonly Finding[]): Needs {
  const imported = new Set(modules.flatMap(({ imports }) => imports.map(({ code }) => code)));
  const named = new Set(found.filter(({ rule }) => rule === "need").map(({ message }) => message));
  const timers = named.has("timers");
  return {
    state: imported.has(STATE),
    sleep: imported.has(SLEEP) || timers,
    timers,
    promises: named.has("promises") || timers,
    url: named.has("url"),
  };
}
