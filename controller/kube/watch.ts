/**
 * One watch: a call whose answer is what happens, line by line.
 *
 * @module
 */

import { z } from "zod";
import { parseAnswer } from "./_answer.ts";
import { Limit } from "./_limit.ts";
import { errorOfAnswer, KubeError, StatusSchema } from "./errors.ts";
import { type KubeObject, KubeObjectSchema } from "./object.ts";
import type { Requests } from "./requests.ts";

/** How long a watch may be silent, in milliseconds. */
export const DEFAULT_IDLE_MS = 30_000;
/** The API server is asked to end a watch after this part of the idle limit: only one that has died reaches the limit. */
const LASTS = 0.8;

/** How a watch is made. */
export interface WatchOptions {
  /** Tells what happened after this version. */
  readonly resourceVersion: string;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** How long it may be silent, in milliseconds; a watch that is well ends before, in good order. @default 30 seconds */
  readonly idleMs?: number | undefined;
  /** Ends it; it then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What happened to an object. A bookmark says how far the watch is, and has an object without anything but its version. */
export interface WatchEvent {
  readonly type: "added" | "modified" | "deleted" | "bookmark";
  readonly object: KubeObject;
}

const LineSchema = z.looseObject({
  type: z.enum(["ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR"]),
  object: z.unknown(),
});

const TYPES = { ADDED: "added", MODIFIED: "modified", DELETED: "deleted", BOOKMARK: "bookmark" } as const;

/**
 * Watches the objects at a path; returns when the API server ends the watch, as it does after a while.
 *
 * @throws {KubeError} `troupe.KubeGone` when the version is too old, `troupe.KubeUnreachable` when the connection was cut,
 * `troupe.KubeTimeout` when nothing came for too long.
 */
export async function* watchEvents(
  requests: Requests,
  path: string,
  options: WatchOptions,
): AsyncGenerator<WatchEvent, void, void> {
  const { resourceVersion, labelSelector, fieldSelector, idleMs = DEFAULT_IDLE_MS, signal } = options;
  const call = `WATCH ${path}`;
  using limit = new Limit(idleMs, signal);
  const body = await requests.stream(path, {
    query: {
      watch: true,
      allowWatchBookmarks: true,
      timeoutSeconds: Math.max(1, Math.floor(idleMs * LASTS / 1000)),
      resourceVersion,
      labelSelector,
      fieldSelector,
    },
  }, limit);
  try {
    for await (const line of lines(body, () => limit.restart())) {
      // Whoever gets it may take time.
      limit.pause();
      yield eventOf(line, call);
      limit.restart();
    }
  } catch (error) {
    throw requests.readError(call, error, limit);
  }
}

async function* lines(body: ReadableStream<Uint8Array>, onChunk: () => void): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of body) {
    onChunk();
    const whole = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = whole.pop() ?? "";
    yield* whole.filter((line) => line !== "");
  }
  if (rest !== "") throw new Error("the watch ended in the middle of a line");
}

function eventOf(line: string, call: string): WatchEvent {
  const { type, object } = parseAnswer(LineSchema, parsed(line, call), call);
  if (type !== "ERROR") return { type: TYPES[type], object: parseAnswer(KubeObjectSchema, object, call) };
  const status = StatusSchema.safeParse(object).data;
  throw errorOfAnswer(call, status?.code ?? 500, JSON.stringify(object));
}

function parsed(line: string, call: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    const message = `${call}: a line is not JSON, but begins with ${line.slice(0, 100)}`;
    throw new KubeError("troupe.KubeBadAnswer", message, { cause });
  }
}
