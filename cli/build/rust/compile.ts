/**
 * Compiles a package to a component.
 *
 * @module
 */

import { join } from "@std/path";
import { inspectComponent } from "@troupe/host/component/inspect";
import { z } from "zod";
import { BuildError } from "../errors.ts";
import { runTool } from "../tool.ts";
import { cargoError, type CargoPackage } from "./package.ts";
import { cargoHome, TARGET, type Toolchain } from "./toolchain.ts";

/** Options of cargo. */
export const BUILD_FLAGS = ["--release", "--lib", `--target=${TARGET}`] as const;
/**
 * Options of the compiler beside those of where things are. A heap that is there from the start: when a call does not have
 * to make the memory larger, its instance can be restored for the next one. More would make that slower, as all of it is.
 */
export const COMPILER_FLAGS = ["-Clink-arg=--initial-heap=458752"] as const;
/** Where cargo puts what it makes on the way, in the author's folder. */
const WORK_FOLDER = "build/cargo";
/** Variables by which a person gives cargo other options than the source has; they are inputs. */
const OPTIONS = /^CARGO_PROFILE_/;

/** One line that cargo prints: what it has made. */
const Artifact = z.object({
  reason: z.literal("compiler-artifact"),
  manifest_path: z.string(),
  target: z.object({ crate_types: z.array(z.string()) }),
  filenames: z.array(z.string()),
});

/** Options of cargo in the environment, which count as much as those in the source. */
export function optionsInEnvironment(): [name: string, value: string][] {
  return Object.entries(Deno.env.toObject()).filter(([name]) => OPTIONS.test(name)).sort();
}

/**
 * Compiles it.
 *
 * @throws {BuildError} `troupe.SourceError`, in the words of the compiler; `troupe.BadHandler` when it makes no actor.
 */
export async function compile(
  toolchain: Toolchain,
  source: CargoPackage,
): Promise<Uint8Array<ArrayBuffer>> {
  const { folder } = source;
  const work = join(folder, WORK_FOLDER);
  const { success, stdout, stderr } = await runTool(
    toolchain.cargo,
    ["build", "--quiet", "--message-format=json-render-diagnostics", ...BUILD_FLAGS],
    {
      cwd: folder,
      env: {
        CARGO_TARGET_DIR: work,
        // Those of the environment and of configurations are not used then.
        CARGO_ENCODED_RUSTFLAGS: [...COMPILER_FLAGS, ...await remaps(toolchain, source, work)].join("\x1f"),
      },
    },
  );
  if (!success) throw cargoError(folder, stderr);
  const made = componentIn(stdout, join(folder, "Cargo.toml"));
  if (made === undefined) {
    throw new BuildError(
      "troupe.BadHandler",
      `${join(folder, "Cargo.toml")} makes no component: write [lib] with crate-type = ["cdylib"]`,
    );
  }
  const bytes = await Deno.readFile(made);
  const { exports } = await inspectComponent(bytes, { grants: { route: [] } });
  if (!exports.includes("handle")) {
    throw new BuildError(
      "troupe.BadHandler",
      `${folder} handles nothing: write #[troupe::actor] before the function that does`,
    );
  }
  return bytes;
}

/** Where things are on this machine is not to get into the component. The last one that fits counts. */
async function remaps(
  { sysroot }: Toolchain,
  { folder, local }: CargoPackage,
  work: string,
): Promise<string[]> {
  const places = [
    ...(await registries()).map((at) => [at, "registry"] as const),
    [join(sysroot, "lib/rustlib/src/rust"), "rust"] as const,
    ...local.filter(({ folder: at }) => at !== folder).map(({ name, folder: at }) => [at, name] as const),
    [folder, "."] as const,
    [work, "target"] as const,
  ];
  return places.map(([from, to]) => `--remap-path-prefix=${from}=${to}`);
}

/** The folders in which cargo unpacks packages, one for each registry; their names tell of the registry's address. */
async function registries(): Promise<string[]> {
  const at = join(cargoHome(), "registry/src");
  try {
    return (await Array.fromAsync(Deno.readDir(at))).map(({ name }) => join(at, name)).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function componentIn(stdout: string, manifest: string): string | undefined {
  for (const line of stdout.split("\n").filter((line) => line !== "")) {
    const { data } = Artifact.safeParse(JSON.parse(line));
    if (data?.manifest_path !== manifest || !data.target.crate_types.includes("cdylib")) continue;
    return data.filenames.find((name) => name.endsWith(".wasm"));
  }
  return undefined;
}
