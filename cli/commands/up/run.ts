/**
 * `troupe up`: a mesh on one machine.
 *
 * @module
 */

import { loadMesh } from "@troupe/controller/mesh";
import { readMeshFile } from "@troupe/controller/mesh_file";
import { DEFAULT_RETENTION, type Retention } from "@troupe/host/crew/retention";
import type { Level } from "@troupe/host/observe/logs";
import { createMetrics, NO_METRICS } from "@troupe/host/observe/metrics";
import { openTracing } from "@troupe/host/observe/tracing";
import { requireHardening } from "@troupe/host/sandbox/hardening/probe";
import { join } from "@std/path";
import { Counter } from "../../mesh/counter.ts";
import { DATA_FOLDER, MeshFolder } from "../../mesh/folder.ts";
import { Mesh } from "../../mesh/mesh.ts";
import { EXIT } from "../exit_code.ts";
import { UsageError } from "../usage_error.ts";
import { tellDraining, tellStranded, tellUp } from "./announce.ts";
import { ChangeReport } from "./change_report.ts";
import { untilIdle } from "./idle.ts";
import { Interruption, untilAborted } from "./interruption.ts";
import { serveMesh } from "./serve.ts";
import { openTeller, type Teller } from "./teller.ts";
import { watchMesh } from "./watch_mesh.ts";

/** Options of `troupe up`. */
export interface UpOptions {
  /** Folder in which every `actor.yaml` is looked for. */
  readonly dir: string;
  /** Folder of the mesh's state. @default .troupe in `dir` */
  readonly data?: string;
  /** Address of the queues. @default what `mesh.yaml` says, or the embedded transport */
  readonly transport?: string;
  /** Address of the store. @default what `mesh.yaml` says, or a file in `data` */
  readonly store?: string;
  /** Address of a bucket. @default what `mesh.yaml` says, or none */
  readonly objects?: string;
  /** Address of what actors keep. @default what `mesh.yaml` says, or a file in `data` */
  readonly state?: string;
  /** See `Retention`, in milliseconds. */
  readonly retention?: number;
  readonly keepIds?: number;
  /** Whether to end when nothing is left to do. */
  readonly untilIdle: boolean;
  /** Whether to take up changes of sources. */
  readonly watch: boolean;
  /** Whether to check the types of TypeScript sources. */
  readonly check: boolean;
  /** Whether an instance that was used may be put back to where it began, where that is the same as a new one. */
  readonly restore: boolean;
  /** Whether a missing layer around sandboxes is a reason not to start. */
  readonly requireHardening: boolean;
  /** Where to serve health and metrics; 0 for any port that is free. @default they are not served */
  readonly metricsPort?: number;
  readonly log: "text" | "json";
  readonly logLevel: Level;
  /** Whether to print lines where there could be a live view. */
  readonly plain: boolean;
}

/**
 * Runs a mesh until it is interrupted, or idle with `untilIdle`.
 *
 * @returns The exit code.
 * @throws {ActorSpecError} when an `actor.yaml` is wrong; {@linkcode MeshRunningError} when the state is in use;
 * {@linkcode HardeningMissingError} when a layer is missing and is required.
 */
export async function up(options: UpOptions): Promise<number> {
  using interruption = new Interruption();
  // Nothing is made on disk for a folder that is no mesh.
  await loadMesh(options.dir);
  const retention = retentionOf(options);
  const file = await readMeshFile(options.dir);
  const folder = new MeshFolder(options.data ?? join(options.dir, DATA_FOLDER), {
    transport: options.transport ?? file?.transport,
    store: options.store ?? file?.store,
    objects: options.objects ?? file?.objects,
    state: options.state ?? file?.state,
  });
  await folder.make();
  using _lock = await folder.lock();
  if (options.requireHardening) await requireHardening(folder.cacheDir);
  const metrics = options.metricsPort === undefined ? undefined : await createMetrics();
  const counter = new Counter(metrics ?? NO_METRICS);
  const teller = openTeller(options, counter);
  const tracing = await openTracing(Deno.env.toObject(), {
    service: "troupe",
    onFailure: (problem) =>
      teller.logger.warn("spans cannot be sent, and are lost until they can", { problem }),
  });
  let mesh: Mesh | undefined;
  const server = metrics && serveMesh(() => mesh, { metrics, port: options.metricsPort ?? 0, teller });
  try {
    const report = new ChangeReport(teller);
    mesh = await Mesh.open({
      dir: options.dir,
      folder,
      logger: teller.logger,
      metrics: counter,
      tracing,
      check: options.check,
      restore: options.restore,
      retention,
      onChange(status) {
        // What comes to its end then is no news.
        if (!mesh?.ending) report.changed(status);
      },
      onEnd: (end) => counter.ended(end),
    });
    return await run(mesh, { options, folder, interruption, teller });
  } finally {
    await server?.close();
    await tracing.close();
    await teller.end();
  }
}

/** How long what ended is kept. @throws {UsageError} */
function retentionOf({ retention, keepIds }: UpOptions): Retention {
  const keepMs = retention ?? DEFAULT_RETENTION.keepMs;
  const keepIdsMs = keepIds ?? Math.max(keepMs, DEFAULT_RETENTION.keepIdsMs);
  if (keepIdsMs < keepMs) {
    throw new UsageError("--keep-ids is less than --retention: an id is known as long as what came under it");
  }
  return { keepMs, keepIdsMs };
}

interface Running {
  readonly options: UpOptions;
  readonly folder: MeshFolder;
  readonly interruption: Interruption;
  readonly teller: Teller;
}

/** Runs an open mesh to its end. */
async function run(mesh: Mesh, { options, folder, interruption, teller }: Running): Promise<number> {
  const { first, second } = interruption;
  teller.show(mesh, "building and starting the actors");
  const watcher = options.watch ? await watchMesh(mesh, { dir: options.dir, folder, teller }) : undefined;
  const end = () => Promise.all([watcher?.close(), mesh.drain()]);
  try {
    await untilAborted(first, mesh.started);
    if (!first.aborted) tellUp(mesh, { folder, teller });
    const nothingRuns = !first.aborted && !watcher && !mesh.actors.some((name) => mesh.actor(name)?.running);
    const stranded = await work(mesh, { options, nothingRuns, first });
    if (first.aborted) tellDraining(mesh, teller);
    const ended = end();
    // Whatever becomes of it after a second signal is of no interest any more.
    ended.catch(() => {});
    await untilAborted(second, ended);
    if (second.aborted) {
      await mesh.stop();
      teller.hint("stopped");
      teller.tell("warn", "stopped at once: what was in hand is handled again at the next start");
      return EXIT.interrupted;
    }
    teller.hint("ended");
    for (const [queue, count] of stranded) tellStranded(mesh, { queue, count, teller });
    if (nothingRuns) teller.tell("error", "no actor runs");
    teller.tell(
      "info",
      stranded.size > 0 ? "mesh has ended" : "mesh has ended: everything in hand was finished",
    );
    return stranded.size > 0 || nothingRuns ? EXIT.failed : EXIT.ok;
  } catch (error) {
    await end();
    throw error;
  }
}

/** Waits while there is anything to wait for. @returns Envelopes that nobody here will handle, by queue. */
async function work(
  mesh: Mesh,
  { options, nothingRuns, first }: { options: UpOptions; nothingRuns: boolean; first: AbortSignal },
): Promise<ReadonlyMap<string, number>> {
  if (options.untilIdle) await untilIdle(mesh, first);
  else if (!nothingRuns) await untilAborted(first);
  return options.untilIdle && !first.aborted ? await mesh.stranded() : new Map();
}
