/**
 * `deno task cluster:build`: builds the control plane for tests, unless it is there.
 *
 * It needs Go; which version, go.mod says. The first build takes some eight minutes of CPU and 90 MB of downloads; Go's
 * own cache makes later ones a matter of seconds.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import { cachedBinary, MODULE } from "./binary.ts";

/** What the API server calls itself: without it, clients cannot read its version. */
async function versionFlags(): Promise<string> {
  const text = await Deno.readTextFile(join(MODULE, "go.mod"));
  const [, version, major, minor] = /k8s\.io\/kubernetes (v(\d+)\.(\d+)\.\d+)/.exec(text) ?? [];
  if (version === undefined) throw new Error("go.mod names no version of k8s.io/kubernetes");
  const at = "-X k8s.io/component-base/version.git";
  return `${at}Version=${version} ${at}Major=${major} ${at}Minor=${minor}`;
}

/** Builds the binary. @returns Where it is. */
export async function buildControlPlane(): Promise<string> {
  const binary = await cachedBinary();
  if (await Deno.stat(binary).then((stat) => stat.isFile, () => false)) return binary;
  await Deno.mkdir(dirname(binary), { recursive: true });
  // Under a name of its own until it is whole: another build may run at the same time.
  const unfinished = `${binary}.${crypto.randomUUID()}`;
  try {
    const { success, code } = await new Deno.Command("go", {
      args: ["build", "-trimpath", "-ldflags", `-s -w ${await versionFlags()}`, "-o", unfinished, "."],
      cwd: MODULE,
      env: { CGO_ENABLED: "0" },
      stdout: "inherit",
      stderr: "inherit",
    }).output();
    if (!success) throw new Error(`go build ended with code ${code}; what it said is above`);
    await Deno.rename(unfinished, binary);
    return binary;
  } finally {
    await Deno.remove(unfinished).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
}

if (import.meta.main) console.log(await buildControlPlane());
