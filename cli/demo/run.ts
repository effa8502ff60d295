/**
 * The demo, from the start of its mesh to the account.
 *
 * @module
 */

import { ATTACKS } from "../../actors/examples/editorial/rogue/actor.ts";
import { ENVELOPE_LIMITS } from "@troupe/host/envelope";
import { TroupeError } from "@troupe/host/errors";
import { NO_METRICS } from "@troupe/host/observe/metrics";
import { fromFileUrl, join, resolve } from "@std/path";
import { EXIT } from "../commands/exit_code.ts";
import { ChangeReport } from "../commands/up/change_report.ts";
import { untilIdle } from "../commands/up/idle.ts";
import { Interruption } from "../commands/up/interruption.ts";
import { openTeller, type Teller } from "../commands/up/teller.ts";
import { Counter } from "../mesh/counter.ts";
import { MeshFolder } from "../mesh/folder.ts";
import { Mesh } from "../mesh/mesh.ts";
import { countOf } from "../view/quantity.ts";
import { stylesFor } from "../view/styles.ts";
import { accountOf } from "./account.ts";
import { runAttacks } from "./attacks.ts";
import { findDocuments, type Skipped } from "./documents.ts";
import { workOnMesh } from "./mesh_work.ts";
import { untilActorsRun } from "./needed_actors.ts";
import { startProgress } from "./progress.ts";
import { type Parcel, sendParcels } from "./sending.ts";
import { DemoState } from "./state.ts";
import { isGood, renderSummary, type Run } from "./summary.ts";
import { Trees } from "./trees.ts";

/** Options of the demo. */
export interface DemoOptions {
  /** Where the documents are. @default the project */
  readonly folder?: string;
  /** Where the demo keeps its state. @default `.troupe/demo` in the project */
  readonly data?: string;
  /** Address of the queues. @default embedded */
  readonly transport?: string;
}

const PROJECT = fromFileUrl(new URL("../..", import.meta.url));
/** The actors that every document goes through; `judge` adds the last one. */
const ROUTE = ["split", "score", "judge"];
/** Largest document, in bytes: it has to fit into an envelope, with room for what actors add to it. */
const MAX_DOCUMENT_BYTES = ENVELOPE_LIMITS.maxBytes - 64 * 1024;
/** Documents that are sent in one go. */
const BATCH = 50;

/**
 * Runs the demo.
 *
 * @returns The exit code.
 * @throws {NoFolderError} when there is no such folder; {@linkcode DemoRunningError} when another one runs.
 */
export async function demo(options: DemoOptions): Promise<number> {
  const startedAt = performance.now();
  using interruption = new Interruption();
  const folder = await Deno.realPath(options.folder ?? PROJECT).catch(() =>
    resolve(options.folder ?? PROJECT)
  );
  const data = resolve(options.data ?? join(PROJECT, ".troupe", "demo"));
  // Read before anything is started: a wrong folder leaves nothing behind.
  const { parcels, skipped } = await readDocuments(folder);
  using state = await DemoState.open(data, folder);
  const counter = new Counter(NO_METRICS);
  const teller = openTeller({ dir: "demo", log: "text", logLevel: "error", plain: false }, counter);
  if (state.resumed) {
    const before = countOf(state.sent.size, "envelope");
    teller.tell("info", `going on with a run that was interrupted: ${before} sent then`);
  }
  const trees = new Trees();
  const meshFolder = new MeshFolder(data, { transport: options.transport });
  const mesh = await openMesh(meshFolder, { teller, counter, trees });
  const progress = startProgress(teller, { mesh, counter });
  const outcome = await workOnMesh(mesh, {
    teller,
    interruption,
    work: () => runAll(parcels, { mesh, state, trees, teller, skipped, signal: interruption.first }),
  }).finally(() => progress.stop());
  if (!outcome) {
    console.error("interrupted: what was in hand is finished or kept; the same command goes on where it was");
    return EXIT.interrupted;
  }
  const run: Run = {
    ...outcome,
    attackCount: ATTACKS.length,
    skipped,
    tookMs: performance.now() - startedAt,
  };
  const good = isGood(run);
  if (good) await state.finish();
  const width = Deno.stdout.isTerminal() ? Deno.consoleSize().columns : 200;
  for (const line of renderSummary(run, { width, styles: stylesFor(Deno.stdout) })) console.log(line);
  console.error(
    good
      ? `Every result: deno task troupe results --data ${data}`
      : `The run is kept for a look: deno task troupe results --data ${data}; without ${data} the next one begins anew`,
  );
  return good ? EXIT.ok : EXIT.failed;
}

async function readDocuments(folder: string): Promise<{ parcels: Parcel[]; skipped: Skipped[] }> {
  const skipped: Skipped[] = [];
  const parcels: Parcel[] = [];
  for await (const found of findDocuments(folder, { maxBytes: MAX_DOCUMENT_BYTES })) {
    if ("why" in found) skipped.push(found);
    else {parcels.push({
        name: found.path,
        route: ROUTE,
        payload: { name: found.path, text: found.text },
      });}
  }
  return { parcels, skipped };
}

async function openMesh(
  folder: MeshFolder,
  { teller, counter, trees }: { teller: Teller; counter: Counter; trees: Trees },
): Promise<Mesh> {
  const report = new ChangeReport(teller);
  let mesh: Mesh | undefined;
  return mesh = await Mesh.open({
    dir: join(PROJECT, "actors", "examples", "editorial"),
    folder,
    logger: teller.logger,
    metrics: counter,
    onChange(status) {
      // What comes to its end then is no news.
      if (!mesh?.ending) report.changed(status);
    },
    onEnd(end) {
      counter.ended(end);
      trees.ended(end.root);
    },
  });
}

interface Everything {
  readonly mesh: Mesh;
  readonly state: DemoState;
  readonly trees: Trees;
  readonly teller: Teller;
  readonly skipped: Skipped[];
  readonly signal: AbortSignal;
}

/** Sends documents and attacks, waits for the end of it all, and makes the account; undefined when the signal comes before. */
async function runAll(
  parcels: readonly Parcel[],
  { mesh, state, trees, teller, skipped, signal }: Everything,
): Promise<Pick<Run, "account" | "attacks"> | undefined> {
  await untilActorsRun(mesh);
  teller.hint(`${countOf(parcels.length, "document")} under way`);
  const { store, transport } = mesh;
  const [attacks] = await Promise.all([
    runAttacks({
      mesh,
      state,
      transport,
      trees,
      signal,
      onReport({ attack, contained, what }) {
        const how = contained ? "contained" : "NOT CONTAINED";
        const level = contained ? "info" : "error";
        teller.tell(level, `rogue tried ${attack}: ${how} (${what.split("\n", 1)[0]})`);
      },
    }),
    sendDocuments(parcels, { mesh, state, skipped, signal }),
  ]);
  await untilIdle(mesh, signal);
  return signal.aborted ? undefined : { account: await accountOf(state.sent, store), attacks };
}

async function sendDocuments(
  parcels: readonly Parcel[],
  { mesh, state, skipped, signal }: { mesh: Mesh; state: DemoState; skipped: Skipped[]; signal: AbortSignal },
): Promise<void> {
  const options = { state, transport: mesh.transport };
  for (let at = 0; at < parcels.length && !signal.aborted; at += BATCH) {
    const batch = parcels.slice(at, at + BATCH);
    try {
      await sendParcels(batch, options);
    } catch (error) {
      if (!(error instanceof TroupeError) || error.code !== "troupe.TooLarge") throw error;
      // One of them is longer as JSON than its file is: each by itself, to find it.
      for (const parcel of batch) await sendOrSkip(parcel, { options, skipped });
    }
  }
}

async function sendOrSkip(
  parcel: Parcel,
  { options, skipped }: { options: Parameters<typeof sendParcels>[1]; skipped: Skipped[] },
): Promise<void> {
  try {
    await sendParcels([parcel], options);
  } catch (error) {
    if (!(error instanceof TroupeError) || error.code !== "troupe.TooLarge") throw error;
    skipped.push({ path: parcel.name, why: error.message, refused: true });
  }
}
