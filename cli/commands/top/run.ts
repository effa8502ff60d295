/**
 * `troupe top`: a mesh, live.
 *
 * @module
 */

import { pause } from "@troupe/host/pause";
import { LiveBlock, terminalOf } from "../../view/live.ts";
import { Output } from "../../view/output.ts";
import { stylesFor } from "../../view/styles.ts";
import { findMesh } from "../data_folder.ts";
import { EXIT } from "../exit_code.ts";
import { Interruption, untilAborted } from "../up/interruption.ts";
import { UsageError } from "../usage_error.ts";
import { type MeshPicture, pictureJson, pictureLines, summaryLine } from "./print.ts";
import { QueueLook } from "./queues.ts";
import { MeshWatch } from "./watch.ts";

/** Options of `troupe top`. */
export interface TopOptions {
  /** In milliseconds. */
  readonly interval: number;
  readonly once: boolean;
  readonly json: boolean;
  readonly data?: string;
  /** Address of the queues. @default the one that the mesh was started with */
  readonly transport?: string;
}

/** Shortest interval, in milliseconds: looking at queues is work for them too. */
const LEAST_INTERVAL_MS = 100;
/** Over how long rates and times are told on a terminal, in milliseconds: a shorter window flickers. */
const LIVE_WINDOW_MS = 10_000;

/**
 * Shows it until it is interrupted.
 *
 * @returns The exit code.
 * @throws {UsageError} for an interval that is too short.
 */
export async function top(options: TopOptions): Promise<number> {
  const { interval, once, json } = options;
  if (interval < LEAST_INTERVAL_MS) {
    throw new UsageError(`--interval is at least ${LEAST_INTERVAL_MS}ms: a look is work for the queues`);
  }
  using interruption = new Interruption();
  const transport = await (await findMesh(options)).openTransport({ name: "top" });
  const live = Deno.stdout.isTerminal() && !once && !json;
  const watch = new MeshWatch({
    windowMs: live ? Math.max(interval, LIVE_WINDOW_MS) : interval,
    since: performance.now(),
  });
  const queues = new QueueLook(transport);
  const stop = watch.listen(transport);
  const take = (): MeshPicture => ({
    at: Date.now(),
    transport: transport.name,
    problem: queues.problem,
    actors: watch.picture(queues.depths, performance.now()),
  });
  const scene = { take, queues, interval, signal: interruption.first };
  try {
    if (live) await draw(scene);
    else await print(scene, { once, json });
    return EXIT.ok;
  } finally {
    stop();
    await transport.close();
  }
}

interface Scene {
  readonly take: () => MeshPicture;
  readonly queues: QueueLook;
  readonly interval: number;
  readonly signal: AbortSignal;
}

async function draw({ take, queues, interval, signal }: Scene): Promise<void> {
  const block = new LiveBlock(terminalOf(Deno.stdout));
  const styles = stylesFor(Deno.stdout);
  await Promise.race([queues.look(), untilAborted(signal)]);
  while (!signal.aborted) {
    block.draw(pictureLines(take(), { styles, ...block.room, hint: "Ctrl-C ends; the mesh goes on" }));
    await after(interval, { queues, signal });
  }
  block.end();
}

async function print(
  { take, queues, interval, signal }: Scene,
  { once, json }: { readonly once: boolean; readonly json: boolean },
): Promise<void> {
  const out = new Output();
  const styles = stylesFor(Deno.stdout);
  while (!signal.aborted && !out.closed) {
    await after(interval, { queues, signal });
    if (signal.aborted) break;
    const picture = take();
    const lines = json
      ? [pictureJson(picture)]
      : once
      ? pictureLines(picture, { styles })
      : [summaryLine(picture)];
    for (const line of lines) await out.line(line);
    await out.flush();
    if (once) break;
  }
}

/** Waits for the interval, and looks at the queues at its end; waits for them no longer than for another one. */
async function after(
  interval: number,
  { queues, signal }: { readonly queues: QueueLook; readonly signal: AbortSignal },
): Promise<void> {
  await untilAborted(signal, pause(interval, signal));
  if (!signal.aborted) await untilAborted(signal, Promise.race([queues.look(), pause(interval, signal)]));
}
