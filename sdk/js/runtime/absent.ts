/**
 * What authors may look for and not find in an actor, and what to do instead.
 *
 * @module
 */

/** Names, and why they are absent. One text: lists would be objects in every instance, and are hardly ever looked at. */
const REASONS = `\
fetch XMLHttpRequest WebSocket EventSource WebTransport Request Response Headers: an actor has no network of its own
setImmediate clearImmediate: of timers an actor has setTimeout, setInterval and queueMicrotask
localStorage sessionStorage caches indexedDB: an actor keeps nothing from one envelope to the next by itself: \
import { state } from "@troupe/sdk/state"
process Deno Bun require module exports __dirname __filename global Buffer: \
an actor is no process: it has no files, no environment and no modules of a runtime
window document navigator location self alert prompt confirm: an actor is no web page
URLPattern Blob File FormData AbortController AbortSignal ReadableStream WritableStream TransformStream \
CompressionStream DecompressionStream Event EventTarget Intl Temporal WebAssembly: \
it is not part of an actor's surroundings: import a library that has it
Worker MessageChannel BroadcastChannel: an actor is one thread: more envelopes at once are more replicas`;

/** What is put into a component only where the author's own files name it. */
export const ON_DEMAND = {
  url: "URL URLSearchParams",
  timers: "setTimeout setInterval clearTimeout clearInterval",
  promises: "Promise queueMicrotask",
} as const;

const LEFT_OUT =
  "it is there for actors whose own files name it, which those of libraries are not: name it in one of yours";

/** Why a global name is absent and what to do instead; undefined for any other name. */
export function whyAbsent(name: string): string | undefined {
  for (const line of REASONS.split("\n")) {
    const end = line.indexOf(": ");
    if (hasName(line.slice(0, end), name)) return line.slice(end + 2);
  }
  return undefined;
}

/** What to add to the message of a ReferenceError: why the name is absent. */
export function explainReference(error: Error): string {
  if (!(error instanceof ReferenceError)) return "";
  const name = /^'?([\w$]+)'? is not defined/.exec(error.message)?.[1];
  if (name === undefined) return "";
  const leftOut = Object.values(ON_DEMAND).some((names) => hasName(names, name)) ? LEFT_OUT : undefined;
  const reason = whyAbsent(name) ?? leftOut;
  return reason === undefined ? "" : ` (${reason})`;
}

function hasName(names: string, name: string): boolean {
  return names.split(" ").includes(name);
}
