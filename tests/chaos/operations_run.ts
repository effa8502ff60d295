/**
 * A chaos run of what operates a mesh: hops that fail at first and are tried again after a pause, fan-outs that are joined,
 * routes that wait for an answer, payloads that are too large to travel; while the mesh and its sandboxes are killed. What it
 * must come to is computed apart.
 *
 * @module
 */

import { openSqliteStore } from "@troupe/host/crew/sqlite_store";
import { writeAnswer } from "@troupe/host/crew/answer";
import { openTransport } from "@troupe/host/transport/open";
import { fromFileUrl, join } from "@std/path";
import { actorYaml } from "../integration/_mesh_folder.ts";
import { MeshProcess, troupe, type Victim } from "../mesh_process.ts";
import { seeded } from "./random.ts";

/** What to do to a mesh. */
export interface OperationsOptions {
  readonly envelopes: number;
  /** Kills, of `troupe up`, of a sandbox, and of both, in turn by chance. */
  readonly kills: number;
  readonly seed: number;
}

/** What came of it, against what had to. */
export interface OperationsReport {
  /** Submissions without a result. */
  readonly missing: string[];
  /** Ids that nobody submitted: a slice that was not joined. */
  readonly unexpected: string[];
  /** Results that are not what they had to be. */
  readonly wrong: string[];
  /** Results of which another was found under the same id. */
  readonly conflicts: string[];
  readonly dead: string[];
  readonly kills: Readonly<Record<Victim, number>>;
  /** How much was answered, and how many hops were tried again, so that a run which did nothing is noticed. */
  readonly answered: number;
  readonly retried: number;
}

interface Task {
  readonly k: number;
  /** Into how many parts it is cut. */
  readonly n: number;
  /** So long that it does not travel, for one in so many. */
  readonly text?: string;
}

const SOURCES: Readonly<Record<string, { source: string; spec: string }>> = {
  cut: {
    source: `import { set } from "@troupe/sdk";
export function* handle(task) {
  yield set(".headers.parts", true);
  for (let part = 0; part < task.n; part++) yield { ...task, part };
}
`,
    spec: "",
  },
  // Fails at its first attempt for one part in three, and at the second for one in nine.
  shaky: {
    source: `import { get } from "@troupe/sdk";
export function* handle(task) {
  const attempt = (yield get(".status.attempt")) ?? 1;
  const bad = (task.k + task.part) % 9 === 0 ? 2 : (task.k + task.part) % 3 === 0 ? 1 : 0;
  if (attempt <= bad) throw new RangeError("not yet");
  yield { part: task.part, square: (task.k + task.part) ** 2, ...(task.text ? { text: task.text } : {}) };
}
`,
    spec: `  resiliency:
    policies:
      again: { maxAttempts: 5, backoff: constant, initialDelay: 150ms }
    rules:
      - match: ["*"]
        policy: again
`,
  },
  sum: {
    source: `export const handle = (parts) => ({
  sum: parts.reduce((sum, { square }) => sum + square, 0),
  n: parts.length,
  characters: parts.reduce((sum, { text }) => sum + (text ? text.length : 0), 0),
});
`,
    spec: "",
  },
  last: { source: "export const handle = (done) => done;\n", spec: "" },
};

/** One envelope in so many has a payload that is kept in the store while it travels, of so many characters. */
const LARGE = { oneIn: 40, length: 300_000 };
/** One envelope in so many waits for an answer before its last step. */
const PAUSED_ONE_IN = 10;
/** From one look at what waits to the next, in milliseconds. */
const ANSWER_EVERY_MS = 200;

/** Runs it. The folder that it works in is removed at the end. */
export async function runOperationsChaos(options: OperationsOptions): Promise<OperationsReport> {
  const { envelopes, kills, seed } = options;
  const random = seeded(seed);
  const dir = await Deno.makeTempDir({ prefix: "troupe_operations_" });
  const data = join(dir, "data");
  try {
    await writeMesh(dir);
    const mesh = new MeshProcess({ root: fromFileUrl(new URL("../..", import.meta.url)), dir, data });
    await mesh.start();
    const ended = new AbortController();
    const answering = answerAll(data, ended.signal);
    const text = "x".repeat(LARGE.length);
    const tasks = Array.from({ length: envelopes }, (_, k): Task => ({
      k,
      n: 1 + Math.floor(random() * 4),
      ...(k % LARGE.oneIn === 0 ? { text } : {}),
    }));
    const done = { up: 0, child: 0, both: 0 };
    const victims = ["up", "child", "both"] as const;
    for (let round = 0; round < kills; round++) {
      const share = (of: number) => Math.floor(of * envelopes / kills);
      const sending = submit(tasks.slice(share(round), share(round + 1)), data);
      await new Promise((resolve) => setTimeout(resolve, 100 + random() * 900));
      const victim = victims[Math.floor(random() * victims.length)] ?? "both";
      if (await mesh.kill(victim, random)) done[victim]++;
      await sending;
    }
    await untilAll(data, tasks.length);
    ended.abort();
    const answered = await answering;
    await mesh.finish();
    return { ...await account(tasks, data), kills: done, answered };
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

const SETTINGS = "  isolation: reuse\n  limits:\n    concurrency: 16\n";

async function writeMesh(dir: string): Promise<void> {
  for (const [name, { source, spec }] of Object.entries(SOURCES)) {
    await Deno.mkdir(join(dir, name));
    await Deno.writeTextFile(join(dir, name, "actor.js"), source);
    await Deno.writeTextFile(join(dir, name, "actor.yaml"), actorYaml(name, `${SETTINGS}${spec}`));
  }
}

const idOf = ({ k }: Task) => `operation-${k}`;
const isPaused = ({ k }: Task) => k % PAUSED_ONE_IN === 0;

async function submit(tasks: readonly Task[], data: string): Promise<void> {
  const lines = tasks.map((task) => {
    const next = ["shaky", "x-join", "sum", ...isPaused(task) ? ["x-pause"] : [], "last"];
    return JSON.stringify({ id: idOf(task), route: { prev: [], curr: "cut", next }, payload: task });
  });
  await troupe(["send", "--envelope", "--file", "-", "--data", data], { stdin: lines.join("\n") });
}

/** The payload of the result of a task. */
function expectedOf(task: Task): unknown {
  const sum = Array.from({ length: task.n }, (_, part) => (task.k + part) ** 2).reduce((a, b) => a + b, 0);
  const characters = task.n * (task.text?.length ?? 0);
  return { sum, n: task.n, characters, ...isPaused(task) ? { by: "somebody" } : {} };
}

/** Answers whatever waits, each twice, until the signal is given. @returns How many pauses that were. */
async function answerAll(data: string, signal: AbortSignal): Promise<number> {
  const keys = new Set<string>();
  const store = await openSqliteStore({ path: join(data, "results.db") });
  const transport = await openTransport(`embedded:${join(data, "mesh.db")}`);
  while (!signal.aborted) {
    const { items } = await store.parking.waiting();
    for (const { key } of items) keys.add(key);
    const answers = items.flatMap(({ key }) =>
      [1, 2].map((n) => ({
        queue: "x-resume",
        body: writeAnswer({ to: key, token: `${key}/${n}`, answer: '{"by":"somebody"}' }),
      }))
    );
    await transport.publish(answers);
    await new Promise((resolve) => setTimeout(resolve, ANSWER_EVERY_MS));
  }
  await transport.close();
  await store.close();
  return keys.size;
}

/** Waits until there are so many results, or no more have come for a long time: the account then says what lacks. */
async function untilAll(data: string, count: number): Promise<void> {
  const store = await openSqliteStore({ path: join(data, "results.db") });
  let [most, since] = [-1, performance.now()];
  for (;;) {
    const { results } = await store.counts();
    if (results > most) [most, since] = [results, performance.now()];
    if (results >= count || performance.now() - since > 60_000) break;
    await new Promise((resolve) => setTimeout(resolve, ANSWER_EVERY_MS));
  }
  await store.close();
}

async function account(
  tasks: readonly Task[],
  data: string,
): Promise<Omit<OperationsReport, "kills" | "answered">> {
  const store = await openSqliteStore({ path: join(data, "results.db") });
  const expected = new Map(tasks.map((task) => [idOf(task), JSON.stringify(expectedOf(task))]));
  const [unexpected, wrong, conflicts]: [string[], string[], string[]] = [[], [], []];
  const found = new Set<string>();
  let retried = 0;
  for (let after: number | undefined = 0; after !== undefined;) {
    const page = await store.results({ after });
    for (const { id, phase, payload, conflicts: others } of page.items) {
      found.add(id);
      if (!expected.has(id)) unexpected.push(`${id} ${phase}`);
      else if (phase !== "succeeded" || payload !== expected.get(id)) wrong.push(`${id} ${phase} ${payload}`);
      if (others > 0) conflicts.push(id);
    }
    after = page.next;
  }
  for (const { k } of tasks.slice(0, 100)) {
    retried += (await store.hops(`operation-${k}`)).filter(({ verdict }) => verdict === "retried").length;
  }
  const dead = (await store.dead()).items.map(({ id, reason, message }) => `${id} ${reason} ${message}`);
  await store.close();
  return {
    missing: [...expected.keys()].filter((id) => !found.has(id)),
    unexpected,
    wrong,
    conflicts,
    dead,
    retried,
  };
}
