/**
 * The chaos run: a mesh under load, whose processes are killed at random, and an account of everything that it made.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { fromFileUrl, join } from "@std/path";
import { ROUTE, writeMesh } from "./mesh_files.ts";
import { type Expected, expectedOf, sha256 } from "./model.ts";
import { seeded } from "./random.ts";
import { envelopeOf, makeTask, type NumberedTask, taskOf, withResent } from "./tasks.ts";
import { MeshProcess, troupe, type Victim } from "../mesh_process.ts";

/** What to do to a mesh. */
export interface ChaosOptions {
  /** Envelopes to submit, all in all. */
  readonly envelopes: number;
  /** Kills, of `troupe up`, of a stage's child, and of both at once, in turn by chance. */
  readonly kills: number;
  readonly seed: number;
  /** Whom to kill, by chance. @default all three */
  readonly victims?: readonly Victim[];
  /** The working tree whose `troupe` is run. @default this one */
  readonly root?: string;
}

/** What came of it, against what had to come of it. */
export interface ChaosReport {
  /** Ends that had to be there and are not, `id phase payload-digest`. */
  readonly missing: string[];
  /** Ends that are there and had not to be. */
  readonly unexpected: string[];
  /** Ids that are listed more than once. */
  readonly listedTwice: string[];
  /** Ids whose arrivals at `x-sink`, as the tap saw them, are not as many as their submissions. */
  readonly wrongArrivals: string[];
  /** Envelopes that died. */
  readonly dead: string[];
  readonly kills: { readonly up: number; readonly child: number; readonly both: number };
  readonly ends: number;
}

/** Runs it. The folder that it works in is removed at the end. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { envelopes, kills, seed, victims = ["up", "child", "both"] } = options;
  const { root = fromFileUrl(new URL("../..", import.meta.url)) } = options;
  const random = seeded(seed);
  const folder = await Deno.makeTempDir({ prefix: "troupe_chaos_" });
  const data = join(folder, "data");
  try {
    await writeMesh(folder);
    const mesh = new MeshProcess({ root, dir: folder, data });
    await mesh.start();
    tapSink(join(data, "mesh.db"));

    const tasks = Array.from({ length: envelopes }, (_, k) => makeTask(k, random));
    const submissions = new Map<string, number>();
    const done = { up: 0, child: 0, both: 0 };
    for (let round = 0; round < kills; round++) {
      const share = tasks.slice(
        Math.floor(round * envelopes / kills),
        Math.floor((round + 1) * envelopes / kills),
      );
      const sent = withResent(share, random);
      for (const { id } of sent) submissions.set(id, (submissions.get(id) ?? 0) + 1);
      const sending = submit(sent, { root, data });
      await new Promise((resolve) => setTimeout(resolve, 100 + random() * 900));
      const victim = victims[Math.floor(random() * victims.length)] ?? "both";
      if (await mesh.kill(victim, random)) done[victim]++;
      await sending;
    }
    await mesh.finish();
    return { ...await account(tasks, submissions, { root, data }), kills: done };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function submit(tasks: NumberedTask[], where: { root: string; data: string }): Promise<void> {
  const lines = tasks.map((task) => envelopeOf(task, ROUTE));
  await troupe(["send", "--envelope", "--file", "-", "--data", where.data], {
    root: where.root,
    stdin: lines.join("\n"),
  });
}

/** Has SQLite itself write down each body that is put into the queue of `x-sink` or `x-sump`, whoever puts it there. */
function tapSink(file: string): void {
  const db = new DatabaseSync(file);
  try {
    db.exec(`
      PRAGMA busy_timeout = 10000;
      CREATE TABLE tap (queue TEXT NOT NULL, body BLOB NOT NULL);
      CREATE TRIGGER tap_ends AFTER INSERT ON body BEGIN
        INSERT INTO tap SELECT queue, NEW.body FROM meta WHERE id = NEW.id AND queue IN ('x-sink', 'x-sump');
      END;
    `);
  } finally {
    db.close();
  }
}

function tapped(file: string): { queue: string; id: string }[] {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    return db.prepare("SELECT queue, body FROM tap").all().map((row) => ({
      queue: String(row.queue),
      id: String(JSON.parse(new TextDecoder().decode(row.body as Uint8Array)).id),
    }));
  } finally {
    db.close();
  }
}

interface ListedResult {
  readonly id: string;
  readonly phase: string;
  readonly payload: unknown;
}

async function account(
  tasks: NumberedTask[],
  submissions: Map<string, number>,
  where: { root: string; data: string },
): Promise<Omit<ChaosReport, "kills">> {
  const key = ({ id, phase, payloadSha256 }: Expected) => `${id} ${phase} ${payloadSha256}`;
  const expected = new Map<string, number>();
  const expectedArrivals = new Map<string, number>();
  for (const task of tasks) {
    for (const end of expectedOf(task.id, taskOf(task))) {
      expected.set(key(end), 1);
      expectedArrivals.set(end.id, submissions.get(task.id) ?? 0);
    }
  }
  const listed = (await troupe(["results", "--json", "--data", where.data], where)).trim().split("\n")
    .filter((line) => line !== "").map((line): ListedResult => JSON.parse(line));
  const dead = (await troupe(["results", "--dead", "--json", "--data", where.data], where)).trim();
  const found = new Set<string>();
  const ids = new Map<string, number>();
  for (const { id, phase, payload } of listed) {
    found.add(`${id} ${phase} ${sha256(JSON.stringify(payload))}`);
    ids.set(id, (ids.get(id) ?? 0) + 1);
  }
  const arrivals = new Map<string, number>();
  for (const { id } of tapped(join(where.data, "mesh.db"))) arrivals.set(id, (arrivals.get(id) ?? 0) + 1);
  const everId = new Set([...arrivals.keys(), ...expectedArrivals.keys()]);
  return {
    missing: [...expected.keys()].filter((end) => !found.has(end)),
    unexpected: [...found].filter((end) => !expected.has(end)),
    listedTwice: [...ids].filter(([, times]) => times !== 1).map(([id]) => id),
    wrongArrivals: [...everId].filter((id) => arrivals.get(id) !== expectedArrivals.get(id))
      .map((id) => `${id}: ${arrivals.get(id) ?? 0} instead of ${expectedArrivals.get(id) ?? 0}`),
    dead: dead === "" ? [] : dead.split("\n"),
    ends: listed.length,
  };
}
