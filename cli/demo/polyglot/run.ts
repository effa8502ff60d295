/**
 * The polyglot demo, from the search for compilers to the account.
 *
 * @module
 */

import { loadMesh } from "@troupe/controller/mesh";
import { FLY_TOPIC } from "@troupe/host/replica";
import { fromFileUrl, join, resolve } from "@std/path";
import { EXIT } from "../../commands/exit_code.ts";
import { ChangeReport } from "../../commands/up/change_report.ts";
import { untilIdle } from "../../commands/up/idle.ts";
import { Interruption } from "../../commands/up/interruption.ts";
import { openTeller, type Teller } from "../../commands/up/teller.ts";
import { Counter } from "../../mesh/counter.ts";
import { MeshFolder } from "../../mesh/folder.ts";
import { Mesh } from "../../mesh/mesh.ts";
import { countOf } from "../../view/quantity.ts";
import { stylesFor } from "../../view/styles.ts";
import { workOnMesh } from "../mesh_work.ts";
import { untilActorsRun } from "../needed_actors.ts";
import { startProgress } from "../progress.ts";
import { sendParcels } from "../sending.ts";
import { DemoState } from "../state.ts";
import { triageAccount } from "./account.ts";
import { HopTimes } from "./hop_times.ts";
import { ACTORS, type MailParcel, parcelsOf, readMails } from "./mails.ts";
import { isGood, renderTriage, type Triage } from "./summary.ts";
import { findLanguages } from "./toolchains.ts";

/** Options of the demo. */
export interface PolyglotOptions {
  /** File with the mails. @default `mails.jsonl` of the example */
  readonly mails?: string;
  /** Where it keeps its state. @default `.troupe/polyglot` in the project */
  readonly data?: string;
}

const PROJECT = fromFileUrl(new URL("../../..", import.meta.url));
const FOLDER = join(PROJECT, "actors", "examples", "polyglot");

/**
 * Runs the demo.
 *
 * @returns The exit code.
 * @throws {UsageError} when the mails cannot be read; {@linkcode DemoRunningError} when another one runs; {@linkcode DemoActorsError} when an actor cannot run though its tools
 * are there.
 */
export async function polyglotDemo(options: PolyglotOptions): Promise<number> {
  const startedAt = performance.now();
  using interruption = new Interruption();
  const data = resolve(options.data ?? join(PROJECT, ".troupe", "polyglot"));
  const file = resolve(options.mails ?? join(FOLDER, "mails.jsonl"));
  // Read before anything is started: a wrong file leaves nothing behind.
  const mails = await readMails(file);
  const specs = await loadMesh(FOLDER);
  const languages = (await findLanguages(specs)).toSorted((a, b) =>
    ACTORS.indexOf(a.actor) - ACTORS.indexOf(b.actor)
  );
  const without = languages.filter(({ missing }) => missing !== undefined).map(({ actor }) => actor);
  const parcels = parcelsOf(mails, without);
  // With other actors, it is another run.
  using state = await DemoState.open(data, [file, ...without].join(" without "));
  const times = new HopTimes();
  const counter = new Counter(times.metrics);
  const teller = openTeller({ dir: "polyglot", log: "text", logLevel: "warn", plain: false }, counter);
  for (const { actor, language, missing } of languages) {
    if (missing !== undefined) teller.tell("warn", `${actor} (${language}) is left out. ${missing}`);
  }
  const mesh = await openMesh(new MeshFolder(data), { teller, counter, without });
  const progress = startProgress(teller, { mesh, counter });
  const work = () => triageAll(parcels, { mesh, state, teller, without, signal: interruption.first });
  const outcome = await workOnMesh(mesh, { teller, interruption, work }).finally(() => progress.stop());
  if (!outcome) {
    console.error("interrupted: what was in hand is finished or kept; the same command goes on where it was");
    return EXIT.interrupted;
  }
  const triage: Triage = {
    account: outcome.account,
    actors: languages.map((language) => ({ ...language, time: times.of(language.actor) })),
    mailCount: mails.length,
    startMs: outcome.runningAt - startedAt,
    triageMs: outcome.endedAt - outcome.runningAt,
  };
  const good = isGood(triage);
  if (good) await state.finish();
  const width = Deno.stdout.isTerminal() ? Deno.consoleSize().columns : 200;
  for (const line of renderTriage(triage, { width, styles: stylesFor(Deno.stdout) })) console.log(line);
  console.error(`Every result: deno task troupe results --data ${data}`);
  return good ? EXIT.ok : EXIT.failed;
}

async function openMesh(
  folder: MeshFolder,
  { teller, counter, without }: {
    readonly teller: Teller;
    readonly counter: Counter;
    readonly without: readonly string[];
  },
): Promise<Mesh> {
  const report = new ChangeReport(teller);
  let mesh: Mesh | undefined;
  return mesh = await Mesh.open({
    dir: FOLDER,
    folder,
    logger: teller.logger,
    metrics: counter,
    onChange(status) {
      // What comes to its end then is no news, nor is that an actor is left out.
      if (!mesh?.ending && !without.includes(status.name)) report.changed(status);
    },
    onEnd: (end) => counter.ended(end),
  });
}

interface Everything {
  readonly mesh: Mesh;
  readonly state: DemoState;
  readonly teller: Teller;
  readonly without: readonly string[];
  readonly signal: AbortSignal;
}

interface Outcome extends Pick<Triage, "account"> {
  readonly runningAt: number;
  readonly endedAt: number;
}

/** Sends the mails, waits for the end of it all, and makes the account; undefined when the signal comes before. */
async function triageAll(
  parcels: readonly MailParcel[],
  { mesh, state, teller, without, signal }: Everything,
): Promise<Outcome | undefined> {
  await untilActorsRun(mesh, without);
  const runningAt = performance.now();
  const { store, transport } = mesh;
  teller.hint(`${countOf(parcels.length, "envelope")} under way`);
  const unsubscribe = transport.subscribe(FLY_TOPIC, (bytes) => {
    teller.tell("info", `an actor tells at once: ${new TextDecoder().decode(bytes)}`);
  });
  try {
    const ids = await sendParcels(parcels, { state, transport });
    await untilIdle(mesh, signal);
    if (signal.aborted) return undefined;
    const sent = parcels.map((parcel, i) => [ids[i] ?? "", parcel] as const);
    return { account: await triageAccount(sent, store), runningAt, endedAt: performance.now() };
  } finally {
    unsubscribe();
  }
}
