/**
 * Builds actors in Go.
 *
 * Stock Go makes a core module for preview 1 of WASI; an adapter of our own (`preview1.wat`) makes a component of it. The
 * same source comes to the same bytes, wherever it is.
 *
 * @module
 */

import { toolVersion } from "@troupe/host/component/tools";
import { fromFileUrl } from "@std/path";
import { coreToComponent } from "../core_to_component.ts";
import { digestJson } from "../digest.ts";
import { BuildError } from "../errors.ts";
import { digestFolder } from "../folder_digest.ts";
import type { Language, OpenSource, Source } from "../language.ts";
import { ADDED, BUILD_FLAGS, compile, SDK_MODULE } from "./core_module.ts";
import { type GoModule, readModule } from "./module.ts";
import { findToolchain, type Toolchain } from "./toolchain.ts";

/** Go. */
export const GO: Language = { name: "go", sources: ["go.mod"], open };

/** Raised when the build makes something else of the same inputs. */
const FORMAT = 1;
/** Folder of the SDK. */
const SDK = path("../../../sdk/go");
/** The contract, and what stands between Go's library and WASI 0.2. */
const TEXTS = {
  contract: path("../../../sdk/wit/actor.wit"),
  timers: path("../../../sdk/wit/timers.wit"),
  adapter: path("preview1.wat"),
  adapterWit: path("preview1.wit"),
} as const;
/** Everything that the SDK can import: what an actor does not use is not imported. */
const WORLD = {
  name: "go-actor",
  text: `
package wasi:config@0.2.0-rc.1 {
  interface store {
    variant error { upstream(string), io(string) }
    get: func(key: string) -> result<option<string>, error>;
  }
}

world go-actor {
  include actor-with-state;
  import timers;
  import wasi:config/store@0.2.0-rc.1;
}`,
} as const;

async function open({ folder }: Source): Promise<OpenSource> {
  const toolchain = await findToolchain(folder);
  const module = await readModule(toolchain, folder);
  return {
    inputs: () => digestInputs(folder, { toolchain, module }),
    tools: async () => ({ go: toolchain.version, "jco-transpile": await toolVersion(), ...module.requires }),
    // The compiler does that.
    check: () => Promise.resolve(),
    make: () => make(folder, toolchain),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function digestInputs(
  folder: string,
  { toolchain, module }: { readonly toolchain: Toolchain; readonly module: GoModule },
): Promise<string> {
  const local = module.local.filter(({ path }) => path !== SDK_MODULE);
  return await digestJson({
    format: FORMAT,
    tools: [toolchain.version, await toolVersion()],
    options: [BUILD_FLAGS, ADDED, WORLD],
    texts: await readTexts(),
    sdk: await digestFolder(SDK),
    source: await digestFolder(folder),
    local: await Promise.all(local.map(async ({ path, folder }) => [path, await digestFolder(folder)])),
  });
}

async function make(folder: string, toolchain: Toolchain): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await compile({ toolchain, folder, sdk: SDK });
  const { contract, timers, adapter, adapterWit } = await readTexts();
  try {
    return await coreToComponent({
      bytes,
      // The files of one package.
      wit: [contract, timers.replace(/^package .*;$/m, ""), WORLD.text].join("\n"),
      world: WORLD.name,
      adapters: { wasi_snapshot_preview1: { text: adapter, wit: adapterWit } },
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

async function readTexts(): Promise<Record<keyof typeof TEXTS, string>> {
  const { contract, timers, adapter, adapterWit } = TEXTS;
  return {
    contract: await Deno.readTextFile(contract),
    timers: await Deno.readTextFile(timers),
    adapter: await Deno.readTextFile(adapter),
    adapterWit: await Deno.readTextFile(adapterWit),
  };
}

function path(relative: string): string {
  return fromFileUrl(new URL(relative, import.meta.url));
}
