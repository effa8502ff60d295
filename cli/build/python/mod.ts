/**
 * Builds actors in Python.
 *
 * componentize-py starts its CPython, which is itself a component, loads the SDK and the author's modules in it, and keeps
 * what is in memory then. Nothing of the author's is run but in there, where there is nothing of the machine but copies of
 * the modules. It needs no network: the interpreter and its library come with it.
 *
 * The same sources come to the same digest of inputs, not to the same bytes: CPython draws the seed of its hashes from the
 * machine's random numbers when it starts, and componentize-py has no option for that. Much is in another order then.
 *
 * @module
 */

import { join } from "@std/path";
import { compiled } from "../compiled.ts";
import { BuildError, loadsTooLong } from "../errors.ts";
import type { Language, OpenSource, Source } from "../language.ts";
import { runTool } from "../tool.ts";
import { closeSockets } from "./close_sockets.ts";
import { loadProblem } from "./load_problem.ts";
import { CPYTHON, findComponentize, VERSION } from "./toolchain.ts";
import { type InputFile, inputFiles, makeWorkFolder, SEARCHED } from "./work_folder.ts";
import { WORLD } from "./world.ts";

/** Python. Its tool is componentize-py. */
export const PYTHON: Language = { name: "python", sources: ["actor.py"], open };

/** Raised when the build makes something else of the same inputs. */
const FORMAT = 1;
/** How long the author's modules may take to be loaded, with everything else that the tool does, in milliseconds. */
const BUILD_MS = 180_000;

async function open({ file, folder }: Source): Promise<OpenSource> {
  const tool = await findComponentize();
  return compiled({
    async inputs() {
      const files = (await inputFiles(folder)).map(({ name, digest }) => [name, digest]);
      return { format: FORMAT, tool: VERSION, files };
    },
    tools: async () => ({
      "componentize-py": VERSION,
      CPython: CPYTHON,
      ...vendored(await inputFiles(folder)),
    }),
    // Types are for the author's own tools to check: there is no checker that everybody has.
    make: () => make(tool, { file, folder }),
  });
}

/** Packages in `vendor`, by what pip has written there. */
function vendored(files: readonly InputFile[]): Record<string, string> {
  return Object.fromEntries(files.flatMap(({ name }) => {
    const [, of, version] = /^vendor\/([^/]+)-([^/-]+)\.dist-info\/METADATA$/.exec(name) ?? [];
    return of === undefined || version === undefined ? [] : [[`pypi:${of}`, version]];
  }));
}

async function make(
  tool: string,
  { file, folder }: Pick<Source, "file" | "folder">,
): Promise<Uint8Array<ArrayBuffer>> {
  await using work = await makeWorkFolder(await inputFiles(folder));
  const output = join(work.path, "component.wasm");
  const { success, stdout, stderr, late } = await runTool(tool, [
    ...["--quiet", "-d", "wit", "-w", WORLD, "componentize", "troupe._component", "-o", output],
    ...SEARCHED.flatMap((name) => ["-p", name]),
  ], { cwd: work.path, env: { VIRTUAL_ENV: join(work.path, "none") }, timeoutMs: BUILD_MS });
  if (late) throw loadsTooLong(file, BUILD_MS);
  if (!success) {
    const said = `${stdout}${stderr}`;
    throw loadProblem(said, folder) ??
      new BuildError("troupe.BuildFailed", `The component cannot be made: ${withoutStack(said)}`);
  }
  return closeSockets(await Deno.readFile(output));
}

/** Without the tool's own stack. */
function withoutStack(said: string): string {
  return said.replace(/\n+Stack backtrace:[^]*$/, "").trim();
}
