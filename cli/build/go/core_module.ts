/**
 * Compiles a Go module to a core module of WebAssembly.
 *
 * @module
 */

import { join } from "@std/path";
import { BuildError, cannotCompile } from "../errors.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { runTool } from "../tool.ts";
import { ENVIRONMENT, type Toolchain } from "./toolchain.ts";

/** The module that actors import, as Go names it. */
export const SDK_MODULE = "troupe.dev/troupe";

/** Options of the compiler. Nothing of where the source is gets into what is made. */
export const BUILD_FLAGS = ["-buildmode=c-shared", "-trimpath", "-buildvcs=false", "-ldflags=-s -w"] as const;

/** Files that are added to packages while they are compiled, by the package's folder. */
export const ADDED = {
  /** In a component Go calls what is named `init`, and not `main`. The last file of a package is initialized last. */
  author: {
    name: "zz_troupe_main.go",
    text: `package main

func init() { main() }
`,
  },
  /** What the library needs of the runtime: see instance_wasip1.go there. */
  runtime: {
    name: "zz_troupe.go",
    text: `package runtime

import _ "unsafe" // for go:linkname

//go:linkname troupeReseed ${SDK_MODULE}.reseed
func troupeReseed(seed *[32]byte) {
	lock(&globalRand.lock)
	globalRand.state.Init(*seed)
	unlock(&globalRand.lock)
	mrandinit(getg().m)
}

//go:linkname troupeMakeRoom ${SDK_MODULE}.makeRoom
func troupeMakeRoom(bytes uintptr) {
	systemstack(func() {
		lock(&mheap_.lock)
		mheap_.grow(bytes / pageSize)
		unlock(&mheap_.lock)
	})
}
`,
  },
} as const;

/** What is compiled. */
export interface CoreModuleOptions {
  readonly toolchain: Toolchain;
  /** The author's folder. */
  readonly folder: string;
  /** Folder of the SDK. */
  readonly sdk: string;
}

/**
 * Compiles it.
 *
 * @throws {BuildError} `troupe.SourceError`, in the words of the compiler; `troupe.BadHandler` when it is no program.
 */
export async function compile(
  { toolchain, folder, sdk }: CoreModuleOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  await using temporary = await temporaryFolder();
  const { path: work } = temporary;
  const overlay = await writeOverlay(work, { author: folder, runtime: join(toolchain.root, "src/runtime") });
  const workspace = join(work, "go.work");
  const out = join(work, "core.wasm");
  // In a workspace the SDK is the one of this build, and its folder is not written into what is made.
  const uses = [folder, sdk].map((path) => `use ${JSON.stringify(path)}\n`).join("");
  await Deno.writeTextFile(workspace, `go ${toolchain.version}\n\n${uses}`);
  const { success, stderr } = await runTool(
    toolchain.go,
    ["build", ...BUILD_FLAGS, "-overlay", overlay, "-o", out, "."],
    { cwd: folder, env: { ...ENVIRONMENT, GOWORK: workspace } },
  );
  if (!success) throw compileError(folder, stderr.trim());
  return await Deno.readFile(out);
}

/**
 * Writes the files that are added, and the one that tells the compiler of them.
 *
 * @param work The folder to write them into.
 * @param places Folders of the packages that they are added to.
 * @returns What is given with `-overlay`.
 */
export async function writeOverlay(
  work: string,
  places: Partial<Readonly<Record<keyof typeof ADDED, string>>>,
): Promise<string> {
  const added = Object.entries(places).map(async ([which, place]) => {
    const { name, text } = ADDED[which as keyof typeof ADDED];
    const path = join(work, name);
    await Deno.writeTextFile(path, text);
    return [join(place, name), path] as const;
  });
  const overlay = join(work, "overlay.json");
  await Deno.writeTextFile(
    overlay,
    JSON.stringify({ Replace: Object.fromEntries(await Promise.all(added)) }),
  );
  return overlay;
}

function compileError(folder: string, said: string): BuildError {
  if (/requires exactly one main package|found packages .*\(zz_troupe_main\.go\)/.test(said)) {
    return new BuildError(
      "troupe.BadHandler",
      `${folder} is no program: an actor is a package main with func main() { troupe.Handle(handle) }`,
    );
  }
  // The compiler names files as seen from where it runs.
  return cannotCompile(folder, said.replaceAll(/^(?:\.\/)?([^\s:/][^\s:]*\.go:\d)/gm, `${folder}/$1`));
}
