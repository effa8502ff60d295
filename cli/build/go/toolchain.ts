/**
 * The Go toolchain of this machine.
 *
 * @module
 */

import { join } from "@std/path";
import { z } from "zod";
import { BuildError, toolchainMissing } from "../errors.ts";
import { findTool, runTool } from "../tool.ts";
import { isBefore, type LeastVersion } from "../version.ts";

/** The toolchain that builds a module. */
export interface Toolchain {
  /** Path of the command `go`. */
  readonly go: string;
  /** Folder of its library. */
  readonly root: string;
  /** Such as `1.26.8`. */
  readonly version: string;
}

/** The first that makes modules with exports. */
const LEAST: LeastVersion = [1, 24];

const Settings = z.object({ GOROOT: z.string().min(1), GOVERSION: z.string().startsWith("go") });

/** What the commands find in their environment: what would make another component of the same source is put right. */
export const ENVIRONMENT: Readonly<Record<string, string>> = {
  GOOS: "wasip1",
  GOARCH: "wasm",
  GOWASM: "",
  GOEXPERIMENT: "",
  GOFLAGS: "",
  CGO_ENABLED: "0",
};

/**
 * Finds it. A module can name a newer one than is installed, which `go` then gets by itself.
 *
 * @param folder The module's.
 * @param installed Where it may be beside `PATH`. @default where `GOROOT` says, or else where its
 * installer puts it
 * @throws {BuildError} `troupe.ToolchainMissing`; `troupe.BuildFailed` when it does not say what it is.
 */
export async function findToolchain(
  folder: string,
  installed: readonly string[] = installedFolders(),
): Promise<Toolchain> {
  const go = await findTool("go", installed);
  if (go === undefined) throw missing("Go is not on this machine");
  const { success, stdout, stderr } = await runTool(go, ["env", "-json", "GOROOT", "GOVERSION"], {
    cwd: folder,
    env: { ...ENVIRONMENT, GOWORK: "off" },
  });
  const settings = success ? Settings.safeParse(JSON.parse(stdout)) : undefined;
  if (!settings?.success) {
    throw new BuildError("troupe.BuildFailed", `${go} env does not say what it is: ${stderr.trim()}`);
  }
  const { GOROOT: root, GOVERSION } = settings.data;
  const [version = ""] = GOVERSION.slice("go".length).split(/[ -]/);
  if (isBefore(version, LEAST)) throw missing(`Go ${version} is too old`);
  return { go, root, version };
}

function installedFolders(): string[] {
  const root = Deno.env.get("GOROOT");
  return root ? [join(root, "bin")] : ["/usr/local/go/bin"];
}

function missing(found: string): BuildError {
  return toolchainMissing("Go", {
    found,
    needs: `${LEAST.join(".")} or later`,
    remedy:
      "install it as https://go.dev/doc/install says, or, where it has a new enough one, by your system's " +
      'packages: "apt-get install golang-go", "brew install go"',
  });
}
