/**
 * The mesh of the operations run, as an author would write it: a task is cut into parts, some of them into pieces, all of
 * which is joined again; pieces fail for a while or for good, ask for time, or wait for an answer.
 *
 * @module
 */

import { join } from "@std/path";
import { actorYaml } from "../integration/_mesh_folder.ts";

/** What is submitted: the payload of `cut`. */
export interface OperationsTask {
  readonly k: number;
  /** Into how many parts it is cut. */
  readonly n: number;
  /** So long that it does not travel, for one in so many. */
  readonly text?: string;
}

/** One task in so many has its parts cut once more: a fan-out in a fan-out, with a join for each. */
const NESTED_ONE_IN = 3;
/** One task in so many waits for an answer before its last step; as many others, each piece of them before its join. */
const PAUSED_ONE_IN = 10;

/** Whether the parts of a task are cut once more. */
export const isNested = ({ k }: OperationsTask): boolean => k % NESTED_ONE_IN === 0;
/** Whether a task waits for an answer when everything is joined. */
export const isPaused = ({ k }: OperationsTask): boolean => k % PAUSED_ONE_IN === 0;
/** Whether each piece of a task waits for one. */
export const arePiecesPaused = ({ k }: OperationsTask): boolean => k % PAUSED_ONE_IN === PAUSED_ONE_IN / 2;

/** The way of a task through the mesh. */
export function routeOf(task: OperationsTask): string[] {
  const joined = ["x-join", "tally"];
  return [
    "cut",
    ...isNested(task) ? ["slice"] : [],
    "shaky",
    ...arePiecesPaused(task) ? ["x-pause"] : [],
    ...isNested(task) ? joined : [],
    ...joined,
    ...isPaused(task) ? ["x-pause"] : [],
    "last",
  ];
}

const SOURCES: Readonly<Record<string, { readonly source: string; readonly spec?: string }>> = {
  cut: {
    source: `import { set } from "@troupe/sdk";
export function* handle(task) {
  yield set(".headers.parts", true);
  for (let part = 0; part < task.n; part++) yield { ...task, part, piece: 0 };
}
`,
  },
  slice: {
    source: `import { set } from "@troupe/sdk";
export function* handle(part) {
  yield set(".headers.parts", true);
  const pieces = 1 + (part.k + part.part) % 2;
  for (let piece = 0; piece < pieces; piece++) yield { ...part, piece };
}
`,
  },
  // Most pieces pass, some after one or two failures or a wait that they ask for; some never do, in each way there is.
  shaky: {
    source: `import { Fatal, get, RetryAfter } from "@troupe/sdk";
export function* handle({ k, part, piece, text }) {
  const x = 7 * k + 3 * part + piece;
  const attempt = (yield get(".status.attempt")) ?? 1;
  if (x % 31 === 3) throw new Fatal("it is of no use");
  if (x % 37 === 11) return;
  if (x % 23 === 5 || attempt <= (x % 9 === 0 ? 2 : x % 3 === 0 ? 1 : 0)) throw new RangeError("not yet");
  if (x % 41 === 2 && attempt === 1) throw new RetryAfter(0.2, "in a moment");
  yield { square: x ** 2, ...(text ? { text } : {}) };
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
  // Of pieces and of parts alike: what there is, what is missing, and what became of that.
  tally: {
    source: `import { get } from "@troupe/sdk";
export function* handle(parts) {
  const { missing, ended } = yield get(".headers.x-troupe-join");
  const sum = (of) => parts.reduce((sum, part) => sum + (part === null ? 0 : of(part)), 0);
  yield {
    sum: sum(({ square, sum }) => square ?? sum),
    characters: sum(({ text, characters }) => characters ?? text?.length ?? 0),
    answered: sum(({ by, answered }) => by ? 1 : answered ?? 0),
    missing,
    ended: [
      ...ended.map(({ i, phase, reason }) => i + " " + phase + " " + reason),
      ...parts.flatMap((part, i) => (part?.ended ?? []).map((end) => i + "/" + end)),
    ],
  };
}
`,
  },
  last: { source: "export const handle = (done) => done;\n" },
};

/** Names of the actors. */
export const OPERATIONS_ACTORS: readonly string[] = Object.keys(SOURCES);

const SETTINGS = "  isolation: reuse\n  limits:\n    concurrency: 16\n";

/** Writes the mesh into a folder: a folder for each actor. */
export async function writeOperationsMesh(folder: string): Promise<void> {
  for (const [name, { source, spec = "" }] of Object.entries(SOURCES)) {
    await Deno.mkdir(join(folder, name));
    await Deno.writeTextFile(join(folder, name, "actor.js"), source);
    await Deno.writeTextFile(join(folder, name, "actor.yaml"), actorYaml(name, `${SETTINGS}${spec}`));
  }
}
