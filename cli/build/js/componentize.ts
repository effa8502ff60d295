/**
 * One script becomes a component.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import { z } from "zod";
import type { Script } from "./bundle.ts";
import { runDeno } from "./deno.ts";
import { BuildError, loadsTooLong } from "../errors.ts";
import type { Graph } from "./graph.ts";
import { withJobLoop } from "./job_loop.ts";
import type { Kit } from "./kit.ts";
import { loadError } from "./load_error.ts";
import { TREE_CONFIG, TREE_LOCK } from "./toolchain.ts";
import type { WorkFolder } from "./work_folder.ts";

const CHILD = fromFileUrl(new URL("./child/main.ts", import.meta.url));

/** The last line that the child prints. */
const AnswerSchema = z.object({ problem: z.string().optional(), late: z.boolean().default(false) });

/** What a script is made into a component with. */
export interface ComponentizeOptions {
  readonly work: WorkFolder;
  readonly graph: Graph;
  readonly kit: Kit;
  /** How long the module may take to be loaded, in milliseconds. @default 60000 */
  readonly loadMs?: number;
}

/**
 * Makes the component, in a process of its own. The engine that goes into it evaluates the author's module there once,
 * in its own sandbox; what happens to it happens to nothing else.
 *
 * @returns The component's bytes.
 * @throws {BuildError} when the module has no handler, throws, or does not end.
 */
export async function componentize(
  script: Script,
  { work, graph, kit, loadMs = 60_000 }: ComponentizeOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const input = join(work.path, "script.js");
  const output = join(work.path, "component.wasm");
  await Deno.writeTextFile(input, script.text);
  const { stdout, stderr } = await runDeno([
    "run",
    "--quiet",
    "--no-prompt",
    // The tool is native code, which finds out by itself on which system it is.
    "--allow-ffi",
    "--allow-env",
    "--allow-read",
    "--allow-sys",
    `--allow-write=${output}`,
    "--frozen",
    `--config=${TREE_CONFIG}`,
    `--lock=${TREE_LOCK}`,
    CHILD,
    ...[work.wit, kit.world, input, output, String(loadMs)],
  ], { cwd: work.path });
  const answer = answerOf(stdout);
  if (!answer) throw new BuildError("troupe.BuildFailed", `The component cannot be made: ${stderr}`);
  if (answer.late) throw loadsTooLong(work.source, loadMs);
  if (answer.problem !== undefined) throw loadError(answer.problem, { script, source: work.source, graph });
  const component = await Deno.readFile(output);
  return kit.needs.promises ? await withJobLoop(component) : component;
}

function answerOf(stdout: string): z.infer<typeof AnswerSchema> | undefined {
  const last = stdout.trimEnd().split("\n").at(-1) ?? "";
  return last.startsWith("{") ? AnswerSchema.parse(JSON.parse(last)) : undefined;
}
