/**
 * Builds actors in C: every `.c` file beside `actor.c` and below is compiled with the SDK to a core module, of which a
 * component is made. The same source comes to the same bytes, wherever it is, with the same compiler.
 *
 * @module
 */

import { toolVersion } from "@troupe/host/component/tools";
import { join } from "@std/path";
import { compiled } from "../compiled.ts";
import { contractWith } from "../contract.ts";
import { coreToComponent } from "../core_to_component.ts";
import type { Language, OpenSource, Source } from "../language.ts";
import { compile, FLAGS } from "./compile.ts";
import { findCompiler } from "./compiler.ts";
import { authorFiles, compiledFiles, SDK_FOLDER, sdkFiles } from "./sources.ts";

/** Raised when the build makes something else of the same inputs. */
const FORMAT = 1;
/** The world of the contract, with what of WASI the SDK uses: see sdk/c/wit. */
const WORLD = "troupe:c-actor/c-actor";

/** C. Its tools are a compiler of the author's machine: see {@linkcode findCompiler}. */
export const C: Language = { name: "c", sources: ["actor.c"], open };

async function open({ folder }: Source): Promise<OpenSource> {
  const compiler = await findCompiler();
  const tools = { [compiler.name]: compiler.version, "jco-transpile": await toolVersion() };
  return compiled({
    inputs: async () => ({
      format: FORMAT,
      tools,
      flags: FLAGS,
      contract: await contract(),
      sdk: await sdkFiles(),
      author: await authorFiles(folder),
    }),
    tools: () => Promise.resolve(tools),
    async make() {
      const bytes = await compile(compiler, { folder, files: compiledFiles(await authorFiles(folder)) });
      return await coreToComponent({ bytes, wit: await contract(), world: WORLD });
    },
  });
}

async function contract(): Promise<string> {
  return await contractWith(await Deno.readTextFile(join(SDK_FOLDER, "wit", "wasi.wit")));
}
