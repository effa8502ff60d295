/**
 * Builds actors in Go.
 *
 * Stock Go makes a core module for preview 1 of WASI; an adapter of our own (`preview1.wat`) makes a component of it. The
 * same source comes to the same bytes, wherever it is.
 *
 * @module
 */

import { toolVersion } from "@troupe/host/component/tools";
import { compiled } from "../compiled.ts";
import { contractWith } from "../contract.ts";
import { type Adapter, coreToComponent } from "../core_to_component.ts";
import { BuildError } from "../errors.ts";
import { digestFolder } from "../folder_digest.ts";
import type { Language, OpenSource, Source } from "../language.ts";
import { sdkFolder } from "../sdk_folders.ts";
import { ADDED, BUILD_FLAGS, compile, SDK_MODULE } from "./core_module.ts";
import { type GoModule, readModule } from "./module.ts";
import { findToolchain, type Toolchain } from "./toolchain.ts";

/** Go. */
export const GO: Language = { name: "go", sources: ["go.mod"], open };

/** Raised when the build makes something else of the same inputs. */
const FORMAT = 1;
const SDK = sdkFolder("go");

async function open({ folder }: Source): Promise<OpenSource> {
  const toolchain = await findToolchain(folder);
  const module = await readModule(toolchain, folder);
  const versions = { go: toolchain.version, "jco-transpile": await toolVersion() };
  return compiled({
    inputs: async () => ({
      format: FORMAT,
      tools: versions,
      options: [BUILD_FLAGS, ADDED],
      texts: await readTexts(),
      sdk: await digestFolder(SDK),
      source: await digestFolder(folder),
      local: await digestLocal(module),
    }),
    tools: () => Promise.resolve({ ...versions, ...module.requires }),
    make: () => make(folder, toolchain),
  });
}

async function digestLocal({ local }: GoModule): Promise<unknown> {
  const others = local.filter(({ path }) => path !== SDK_MODULE);
  return await Promise.all(others.map(async ({ path, folder }) => [path, await digestFolder(folder)]));
}

async function make(folder: string, toolchain: Toolchain): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await compile({ toolchain, folder, sdk: SDK });
  const { wit, adapter } = await readTexts();
  try {
    return await coreToComponent({
      bytes,
      wit,
      world: "go-actor",
      adapters: { wasi_snapshot_preview1: adapter },
    });
  } catch (error) {
    const exports = WebAssembly.Module.exports(await WebAssembly.compile(bytes));
    if (exports.some(({ name }) => name === "handle")) throw error;
    throw new BuildError(
      "troupe.BadHandler",
      `${folder} handles nothing: import "${SDK_MODULE}", and write func main() { troupe.Handle(handle) }`,
      { cause: error },
    );
  }
}

/** The world, and what stands between Go's library and WASI 0.2. */
async function readTexts(): Promise<{ readonly wit: string; readonly adapter: Adapter }> {
  const [world = "", text = "", wit = ""] = await Promise.all(
    ["world.wit", "preview1.wat", "preview1.wit"].map((name) =>
      Deno.readTextFile(new URL(name, import.meta.url))
    ),
  );
  return { wit: await contractWith(world), adapter: { text, wit } };
}
