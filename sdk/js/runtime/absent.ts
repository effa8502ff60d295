/**
 * What authors may look for and not find in an actor, and what to do instead.
 *
 * @module
 */

const NETWORK = "an actor has no network of its own";
const TIMERS = "an actor has no timers: nothing runs after handle has returned";
const STORAGE =
  'an actor keeps nothing from one envelope to the next by itself: import { state } from "@troupe/sdk/state"';
const RUNTIME = "an actor is no process: it has no files, no environment and no modules of a runtime";
const PAGE = "an actor is no web page";
const LIBRARY = "it is not part of an actor's surroundings: import a library that has it";
const THREADS = "an actor is one thread: more envelopes at once are more replicas";

const REASONS: Readonly<Record<string, readonly string[]>> = {
  [NETWORK]: [
    "fetch",
    "XMLHttpRequest",
    "WebSocket",
    "EventSource",
    "WebTransport",
    "Request",
    "Response",
    "Headers",
  ],
  [TIMERS]: ["setTimeout", "setInterval", "setImmediate", "clearTimeout", "clearInterval", "queueMicrotask"],
  [STORAGE]: ["localStorage", "sessionStorage", "caches", "indexedDB"],
  [RUNTIME]: [
    "process",
    "Deno",
    "Bun",
    "require",
    "module",
    "exports",
    "__dirname",
    "__filename",
    "global",
    "Buffer",
  ],
  [PAGE]: ["window", "document", "navigator", "location", "self", "alert", "prompt", "confirm"],
  [LIBRARY]: [
    "URL",
    "URLSearchParams",
    "URLPattern",
    "Blob",
    "File",
    "FormData",
    "AbortController",
    "AbortSignal",
    "ReadableStream",
    "WritableStream",
    "TransformStream",
    "CompressionStream",
    "DecompressionStream",
    "Event",
    "EventTarget",
    "Intl",
    "Temporal",
    "WebAssembly",
  ],
  [THREADS]: ["Worker", "MessageChannel", "BroadcastChannel"],
};

/** Why a global name is absent and what to do instead; undefined for any other name. */
export function whyAbsent(name: string): string | undefined {
  for (const [reason, names] of Object.entries(REASONS)) {
    if (names.includes(name)) return reason;
  }
  return undefined;
}

/** What to add to the message of a ReferenceError: why the name is absent. */
export function explainReference(error: Error): string {
  if (!(error instanceof ReferenceError)) return "";
  const name = /^'?([\w$]+)'? is not defined/.exec(error.message)?.[1];
  const reason = name === undefined ? undefined : whyAbsent(name);
  return reason === undefined ? "" : ` (${reason})`;
}
