/**
 * The mesh that the chaos run torments: five small actors, written as an author would write them.
 *
 * @module
 */

const spec = (name: string, { isolation = "fresh", grants = "" }: MeshOptions & { grants?: string }) =>
  `apiVersion: troupe.dev/v1alpha1
kind: Actor
metadata:
  name: ${name}
spec:
  component:
    file: build/${name}.wasm
  isolation: ${isolation}
  limits:
    timeout: 20s
    concurrency: 16
${grants}`;

/** How the actors are to be run. */
export interface MeshOptions {
  /** @default fresh */
  readonly isolation?: "fresh" | "reuse";
}

const SOURCES: Record<string, { source: string; grants?: string }> = {
  spread: {
    source: `export function* handle(task) {
  for (let piece = 0; piece < task.n; piece++) yield { ...task, piece };
}
`,
  },
  work: {
    source: `export function handle(task) {
  if ((task.k + task.piece) % 17 === 0) throw new RangeError("unlucky");
  let sum = task.piece;
  for (const c of task.text) sum = (sum * 31 + c.charCodeAt(0)) % 65521;
  return { ...task, sum };
}
`,
  },
  turn: {
    source: `import { set } from "@troupe/sdk";
export function* handle(task) {
  yield set(".route.next[:0]", [task.sum % 2 ? "left" : "right"]);
  yield task;
}
`,
    grants: "  grants:\n    route: [left, right]\n",
  },
  left: { source: `export const handle = (task) => ({ ...task, by: "left" });\n` },
  right: { source: `export const handle = (task) => ({ ...task, by: "right" });\n` },
};

/** The first steps of every task's route; `turn` adds the last one. */
export const ROUTE = ["spread", "work", "turn"] as const;

/** Names of the actors. */
export const ACTORS: readonly string[] = Object.keys(SOURCES);

/** A route of three for every task, on which nothing is decided under way. */
export const CHAIN = ["spread", "work", "left"] as const;

/** Writes the mesh into a folder: a folder for each actor. */
export async function writeMesh(folder: string, options: MeshOptions = {}): Promise<void> {
  for (const [name, { source, grants }] of Object.entries(SOURCES)) {
    await Deno.mkdir(`${folder}/${name}`, { recursive: true });
    await Deno.writeTextFile(`${folder}/${name}/actor.js`, source);
    await Deno.writeTextFile(
      `${folder}/${name}/actor.yaml`,
      spec(name, { ...options, ...(grants ? { grants } : {}) }),
    );
  }
}
